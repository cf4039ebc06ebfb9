# Makes of a unit the template for the applications beside the first: siantre-db.service becomes
# siantre-db@.service, which runs for /etc/siantre/NAME.conf as siantre-db@NAME.service.  One text
# for both, so that no shop has a hole in its sandbox which the first application does not have.
#   sed -f systemd/instance.sed systemd/siantre-db.service
s/^Description=SiAntre backup:/Description=SiAntre backup of %i:/
s|^ExecStart=\(/[a-z/]*/siantre-run\) |ExecStart=\1 -c %i |
s|^ExecStart=\(/[a-z/]*/siantre-alert [a-z]*\) |ExecStart=\1 -c %i |
# What tells is called siantre-flush@ there: siantre-alert@ tells that a unit failed.
/^OnSuccess=/s/siantre-alert\.service/siantre-flush@%i.service/
/^OnSuccess=/s/siantre-ship\.service/siantre-ship@%i.service/
s|^ReadWritePaths=-/backup/siantre$|ReadWritePaths=-/backup/%i|
s|^StateDirectory=siantre$|StateDirectory=siantre siantre/%i|
# The target starts them, and with it they stop.
/^\[Timer\]$/i\
PartOf=siantre@%i.target\

