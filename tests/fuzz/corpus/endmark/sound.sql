-- siantre-dump 1
SET NAMES utf8mb4;
CREATE TABLE `a` (`id` int, `n` text DEFAULT 'x;\'');
-- siantre-rows {"database":"d","table":"a"}
INSERT INTO `a` (`id`,`n`) VALUES
(1,'b'),
(2,'-- siantre-end {');
INSERT INTO `a` (`id`,`n`) VALUES
(3,NULL);
DELIMITER ;;
CREATE PROCEDURE `p`() BEGIN
SELECT "`" /* ; */;
END;;
DELIMITER ;
-- siantre-table {"database":"d","table":"a","rows":3,"bytes":111,"sha256":"ab527cee7e321c85a8ea0508a7d027bf932d13e5b7e4a94ce6f7b8e37ca74fa7"}
-- siantre-end {"format":1,"tables":1,"rows":3,"bytes":327,"schema":"8aa18a640e7476d03efdb2d1cee346805381ac8889793a8b3efd0a75faf13a74","sha256":"ad07189e7fe6ac48588cd19037eb77f06240012038da85c30277a8707c8461e1"}
