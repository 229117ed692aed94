#!/bin/sh
# Makes the squashfs files beside this script with mksquashfs (squashfs-tools), one for each compression: a container of
# the form that Singularity builds, with everything a reader has to get right. They are kept in the repository, so that
# the tests need no such tool.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"

home=.singularity.d
mkdir -p $home/env $home/actions etc usr/bin many deep/1/2/3/4/5 empty
printf 'bootstrap: docker\nfrom: alpine:3.20\n' >$home/Singularity
printf '{\n\t"org.label-schema.schema-version": "1.0",\n\t"maintainer": "Ada \\u0026 Bob"\n}' >$home/labels.json
printf '#!/bin/sh\n\necho "run <$@>"\n' >$home/runscript
printf '#!/bin/sh\n\necho start\n' >$home/startscript
printf '#!/bin/sh\n\ntrue\n' >$home/test
printf 'Ask Ada.\n\n' >$home/runscript.help
printf '#!/bin/sh\nexport A=1\n' >$home/env/10-docker2singularity.sh
printf '#!/bin/sh\nexport B=2\n' >$home/env/90-environment.sh
printf '#!/bin/sh\nexport C=3\n' >$home/env/91-environment.sh
printf '#!/bin/sh\n# glue\n' >$home/env/01-base.sh
printf '#!/bin/sh\n# glue\n' >$home/env/99-base.sh
ln -s $home/runscript singularity
ln -s $home/env/90-environment.sh environment
for app in bar foo; do
    mkdir -p scif/apps/$app/scif/env scif/apps/$app/bin
    printf '#!/bin/sh\n\necho %s\n' $app >scif/apps/$app/scif/runscript
    printf '{\n\t"SCIF_APP_NAME": "%s"\n}' $app >scif/apps/$app/scif/labels.json
    printf '#!/bin/sh\nexport APP=%s\n' $app >scif/apps/$app/scif/env/90-environment.sh
    printf '#!/bin/sh\n# glue\n' >scif/apps/$app/scif/env/01-base.sh
done

# Links of every kind: absolute, upwards past the root, in a circle, to nothing, to a folder.
ln -s /etc/hosts usr/absolute
ln -s ../../../../etc/hosts usr/upwards
ln -s circle-b circle-a
ln -s circle-a circle-b
ln -s nowhere broken
ln -s usr/bin bin
printf '127.0.0.1 localhost\n' >etc/hosts
ln etc/hosts etc/again
printf 'tool\n' >usr/bin/tool
mkfifo pipe

# Blocks are 4 KiB here: a file of full blocks, one with a tail, one with a hole, one of nothing but a hole.
seq 1 3000 | head -c 8192 >full
seq 1 3000 | head -c 10000 >tail
{ seq 1 3000 | head -c 4096; head -c 8192 /dev/zero; printf end; } >hole
truncate -s 1048576 zeros
# More names than one head of a folder holds, and one that is no UTF-8.
i=0
while [ $i -lt 300 ]; do
    : >many/name-$i
    i=$((i + 1))
done
: >"$(printf 'many/caf\351')"

find . -exec touch -h -d @1600000000 {} +
# Without any compression, a changed byte is a changed number and not a broken block.
mksquashfs . "$here/container.plain.sqfs" -noI -noD -noF -noId -b 4096 -noappend -all-root -no-xattrs \
    -mkfs-time 1600000000 -reproducible -no-progress -quiet
for compression in gzip xz lz4 zstd lzo; do
    mksquashfs . "$here/container.$compression.sqfs" -comp $compression -b 4096 -noappend -all-root -no-xattrs \
        -mkfs-time 1600000000 -reproducible -no-progress -quiet
done
