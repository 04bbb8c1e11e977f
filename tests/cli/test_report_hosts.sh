#!/usr/bin/env bash
# hecaton run --report where rank 0 runs on another machine: its recording is brought from there.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
recordings=$(realpath "$(dirname "$0")/../support/recordings.sh")
hosts_up 3
cd "$scratch" || exit 1
export HECATON_SSH="$ssh_command -o ConnectTimeout=2"
here=("$hosts/on" h1 "$launcher" run)
cat >recorder <<TEXT
#!/bin/bash
[ "\$OMPI_COMM_WORLD_RANK" = 0 ] || exit 0
echo "\$(hostname) \$HECATON_RECORDING"
bash "$recordings" two | sed '/^launcher /d' >"\$HECATON_RECORDING"
[ -z "\${BREAK-}" ] || mv "\$HECATON_RECORDING" elsewhere
[ -z "\${HIDE-}" ] || mv "$hosts/id" "$hosts/id-away"
TEXT
chmod +x recorder

run "${here[@]}" --hosts h2:1,h3:1 --report run.html ./recorder
expect_status 0 "rank 0 elsewhere"
expect_err_has "hecaton: run.html: parallel efficiency" "rank 0 elsewhere"
read -r host file <out
[ "$host" = h2 ] || fail "rank 0 elsewhere: it was on $host"
[[ $file == /tmp/hecaton-*.recording ]] || fail "rank 0 elsewhere: it records into $file"
[ ! -e "$file" ] || fail "rank 0 elsewhere: its file is left"
grep -q '"hosts","h2, h3"' run.html || fail "rank 0 elsewhere: the hosts"
[ "$(find . -name 'run*')" = ./run.html ] || fail "rank 0 elsewhere: left: $(find . -name 'run*')"
rm run.html
# Where this machine is among the hosts, rank 0 is here.
run "${here[@]}" --hosts h2:1,h1:1 --report run.html ./recorder
expect_status 0 "rank 0 here"
[ "$(<out)" = "h1 $PWD/run.html.recording" ] || fail "rank 0 here: $(<out)"
[ -s run.html ] || fail "rank 0 here: no page"
rm run.html
run "${here[@]}" --hosts h2:1,h3:1 --report run.html --env BREAK=1 ./recorder
expect_status 0 "no recording elsewhere"
expect_err_has "run.html was not made" "no recording elsewhere"
run "${here[@]}" --hosts h2:1,h3:1 --report run.html --env HIDE=1 ./recorder
expect_status 0 "a machine that cannot be reached any more"
expect_one_line "a machine that cannot be reached any more"
expect_err_has "the recording could not be brought from h2 (" "a machine that cannot be reached any more"
read -r host file <out
expect_err_has "it is $file there" "a machine that cannot be reached any more"
[ -s "$file" ] || fail "a machine that cannot be reached any more: the recording is gone"
rm -f "$file"
done_testing
