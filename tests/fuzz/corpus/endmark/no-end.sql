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
-- siantre-rows {"database":"d","table":"x"}
SELECT "`" /* ; */;
END;;
DELIMITER ;
