<?php
// Reads files with vlucas/phpdotenv, as Laravel does, and with ours, and compares what both
// make of them, and what both refuse.
//   php tests/dotenv_compare.php DOTENV_PRINT FOLDER table
//   php tests/dotenv_compare.php DOTENV_PRINT FOLDER random COUNT SEED
// Ends with the line `N cases, N set, N refused, N differ`; exit code 1 where any differ.
require '/usr/share/php/Dotenv/autoload.php';

// What a case means is seen where it is used: one file each.
$table = [
    // Bare values
    'K=value', 'K=', 'K', "K=\nL", 'K = value ', "\tK\t=\tvalue\t", 'K=a b', 'K=a#b', 'K=a #b',
    'K=#b', 'K= # b', 'K=a # b', 'K=a=b=c', 'K==', '=v', ' = v', 'K=a\\nb', 'K=\\', 'K=a\\',
    'K=a"b', "K=a'b", 'K=a"b"', 'K=(a)(b', 'K=a$b', 'K=$', 'K=a$', 'K=$b', 'K=$$', "K=a\x0bb",
    "K=\x0cx", "K=\x0c x", "K=\x0c", "K=a\x0c", "K=a\x0cb", "K=a\tb", "K=a\t#b", "K=a\x01b", 'K=null',
    'K=(null)', 'K=true', 'K=5', 'K=p@ss:w/o?r%d&*!^~`', 'K=base64:Zm9vYmFy+/==',
    // Single quotes
    "K='value'", "K=''", "K='", "K='a", "K='a'b", "K='a' b", "K='a' #b", "K='a'#b", "K='a\\'b'",
    "K='a\\n\$b\${K}'", "K='a\"b'", "K='a#b'", "K=' a '", "K='a\nb'", "K='a'\t", "K='a''b'",
    // Double quotes
    'K="value"', 'K=""', 'K="', 'K="a', 'K="a"b', 'K="a" b', 'K="a" # b', 'K="a"#b', 'K="a\\"b"',
    'K="a\\nb\\rc\\td\\fe\\vf"', 'K="a\\\\b"', 'K="a\\\\"', 'K="a\\"', 'K="a\\\\\\"b"', 'K="\\$K"',
    'K="a\\xb"', 'K="a\\ab"', "K=\"a\\'b\"", 'K="a\\#b"', 'K="a\\ b"', 'K="a\'b"', 'K="a#b"',
    'K=" a "', 'K="a""b"', 'K="a\\0b"', 'K="\\\\\\\\"', 'K="a\\n\\n"', 'K="\\nn"', 'K="a$b"',
    // Several lines
    "K=\"a\nb\"", "K=\"a\n\nb\"\nL=1", "K=\"a\r\nb\"", "K=\"a\rb\"", "K=\"\n\"", "K=\"a\n\"",
    "K=\"a\n#b\nc\"", "K=\"a\nL=b", "L=1\nK=\"a\nM=2", "K=\"a\nL=\"b\"\nM=1", "K=\"a\n\\\"b\"",
    "K=\"a\\\\\nb\"", "K=\"a\nb\" #c\nL=1", "K=\"a\nb\" c", "K=\"a\n  \" \nL=1", "# K=\"a\nL=1\nM=\"2\"\nN=3",
    "# K=\"a\nL=1", "K='a\nb'\nL=1", "K=\"-----BEGIN KEY-----\nAbC+/=\n-----END KEY-----\"\nL=1",
    "K=\"a\nb\\\\\"\nL=1", "K =\"a\nb\"", "K= \"a\nb\"", "K=\"\n\nL=\"", "K=\"a\n\"b\"\nL=1",
    "K=\"\${L}\nb\"", "K=\"a\"\nL=\"b\nc\"\nM=\"d\"", "K=\"\"\"", "K=\"a\" \"", "K=b=\"a",
    // Names
    'export K=v', "export\tK=v", 'export  K=v', 'export=v', 'export K', 'export KEY', 'export', 'exportK=v',
    'export AB=v', "export\x0cAB=v", '"K"=v', "'K'=v", '"K=v', '"K\'=v', '""=v', 'export "K"=v', 'K.L=v',
    'K-L=v', 'K L=v', '1K=v', 'K$=v', 'k=v', '_=v', '.=v', "K\u{e9}=v", '${K}=v', ' K', ' K ', "K\x0c=v", '"KEY"',
    'export export KEY=v', 'export   ', "export   \nK=v", '  export KEY=v',
    // Lines, comments, repetitions
    '', "\n", '#', ' # K=v', "#K=v\nL=1", "K=1\n\n\nL=2\n", "K=1\r\nL=2\r\n", "K=1\rL=2", "K=1\n\rL=2",
    "\xef\xbb\xbfK=v", "\xef\xbb\xbf# a\nK=v", "K=1\xef\xbb\xbf", "K=1\nL=2\nK=3", "K=1\nK", "K=1\nK\nL=\${K}",
    "K=1\nK\nL=2\nK=3", "K=1\nnonsense here\nL=2", "K=1\n:::", "K=v\x0b", "\x0bK=v", "\x0c", "\x0cK=v", "\x0c#K",
    "; K=v", "[section]\nK=v", "// K=v", "K=1 L=2", "<<<<<<< HEAD\nK=1",
    // Names in values
    "O=x\nK=\${O}", "O=x\nK=\"\${O}\"", "O=x\nK='\${O}'", "O=x\nK=a\${O}b\${O}c", 'K=${O}', 'K="${O}"', "K=\${O}\nO=x",
    "O=x\nK=\"\\\${O}\"", "O=x\nK=\\\${O}", "O=x\nK=\$O", "O=x\nK=\$\${O}", "O=x\nK=\${O", "O=x\nK=\${}", "O=x\nK=\${ O }",
    "O=\nK=a\${O}b", "O=K2\nK2=y\nK=\${\${O}}", "B=2\nA2=deep\nK=\${A\${B}}", "B=2\nK=\${A\${B}}", "K=a\nK=\${K}b",
    "K=\${K}", "O='\$x\"#'\nK=\${O}", "O='a b'\nK=\${O}", "O='\${P}'\nP=1\nK=\${O}", "P=1\nO='\${P}'\nK=\${O}",
    "O=\"a\nb\"\nK=\"\${O}\"", "O.P=x\nK=\${O.P}", "O=x\nK=\${O-P}", "O=x\nK=\"\${O\nP}\"", "O=x\nK=\${O}}", "O=x\nK=\${O}#c",
    "O='{X}'\nX=1\nK=\$\${O}", "X=1\nO='{X}'\nK=\"\$\${O}\"", "X=1\nO='X'\nK=\${\${O}}", "X=1\nO='X}'\nK=\${\${O}",
    "A=1\nB=\${A}\${A}\nC=\${B}\${B}\nK=\${C}\${C}", "APP_DIR=/srv/x\nDB_ENV_FILE=\${APP_DIR}/.env",
    // Passwords that broke others, as people write them
    "P='p#a\$s\"s\\w'", 'P="p#a\\$s\\"s\\\\w"', 'P="p#a$s w"', 'P=p#assword', 'P=pa$$word', 'P=p\\assword',
    'P="s3cr\\et"', 'P=\'it\'s\'', 'P="a#b" # c', "P='a#b' # c", 'P=ÄÖ€😀', 'P="ÄÖ€😀"', "P='ÄÖ€😀 '", 'P=äß #x',
    // Bytes that are not UTF-8
    "K=a\xffb", "K=\"a\xe9b\"", "K=a\xc3", "K=a\xe2\x82", "K=a\xe2\x82b", "K=a\xf0\x9f\x98b", "K=a\xc0\xafb", "K=a\xed\xa0\x80b",
    "K=a\xf4\x90\x80\x80b", "K=a\xf5b", "# caf\xe9\nK=v", "K=a\xe2\x28\xa1b", "K=a\xf0\x28\x8c\xbcb", "K=a\x80\x80b", "K\xff=v",
    "K=a\xe0\x80\x80b", "K=a\xf8\x88\x80\x80\x80b", "K=\"a\xe2\"", "K='a\xf0\x9f'",
    // Length
    'K='.str_repeat('a', 5000), 'K="'.str_repeat('a ', 2500).'"', 'K=a'.str_repeat(' ', 3000).'#b',
    "K=\x0c".str_repeat(' ', 998).'x', "K=\x0c".str_repeat(' ', 999).'x', "K=\x0c".str_repeat(' ', 1000).'x',
    'K='.str_repeat('$', 2000), 'K="'.str_repeat('\\\\', 2000).'"',
    // The whole thing
    "APP_NAME=\"SiAntre \${X}\"\nAPP_KEY=base64:abc=\n\n# database\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\n".
    "DB_DATABASE=siantre\nDB_USERNAME=siantre\nDB_PASSWORD='a#b\$c'\nMAIL_FROM_NAME=\"\${APP_NAME}\"\n",
];

// Random files of the pieces that mean something.
function random_case(): string
{
    static $pieces = [
        'K', 'L', 'AB', '=', '=', '="', "='", '"', '"', "'", '#', ' ', ' ', "\n", "\n", "\r\n", "\r", '\\', '\\\\',
        '\\n', '$', '${K}', '${L}', '${', '}', '{', 'a', 'b', 'export ', "\t", "\x0b", "\x0c", 'é', "\xe9", "\xf0\x9f",
        "\nK=", "\nL=", "\nAB=\"", '"'."\n", '.', '_', '(', ')', '-',
    ];
    $text = '';
    for ($n = mt_rand(1, 24); $n > 0; $n--) {
        $text .= $pieces[mt_rand(0, count($pieces) - 1)];
    }
    return mt_rand(0, 2) ? 'K='.$text : $text;
}

function theirs(string $folder, string $name): ?array
{
    try {
        $values = Dotenv\Dotenv::createArrayBacked($folder, $name)->load();
    } catch (Dotenv\Exception\InvalidFileException $e) {
        return null;
    }
    return array_filter($values, fn ($value) => $value !== null);
}

[, $print, $folder, $mode] = $argv;
if ($mode === 'random') {
    mt_srand((int) $argv[5]);
    $table = [];
    for ($i = 0; $i < (int) $argv[4]; $i++) {
        $table[] = random_case();
    }
}
$count = ['set' => 0, 'refused' => 0, 'differ' => 0];
foreach (array_chunk($table, 500) as $cases) {
    $command = [$print];
    foreach ($cases as $i => $text) {
        file_put_contents("$folder/$i.env", $text);
        $command[] = "$folder/$i.env";
    }
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', "$folder/messages", 'w']], $pipes);
    $lines = explode("\n", stream_get_contents($pipes[1]));
    if (proc_close($process) !== 0 || count($lines) !== count($cases) + 1) {
        echo "$print failed\n", file_get_contents("$folder/messages");
        exit(2);
    }
    foreach ($cases as $i => $text) {
        $php = theirs($folder, "$i.env");
        $ours = json_decode($lines[$i], true, 512, JSON_THROW_ON_ERROR);
        $count[$php === null ? 'refused' : 'set']++;
        if ($php !== $ours) {
            $count['differ']++;
            $show = fn ($value) => json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
            echo 'differ: ', addcslashes($text, "\0..\37\\\"\177..\377"), "\n  php:  ", $show($php), "\n  ours: ", $show($ours), "\n";
        }
    }
}
echo count($table), " cases, {$count['set']} set, {$count['refused']} refused, {$count['differ']} differ\n";
exit($count['differ'] === 0 ? 0 : 1);
