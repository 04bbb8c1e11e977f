#!/usr/bin/env bash
# The pages of hecaton report in a real Chromium: what they show, and how they answer to mouse and keyboard. With
# HECATON_SCREENSHOTS=DIR pictures of them are left in DIR.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
support=$(realpath "$(dirname "$0")/../support")
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || skip "no Chromium (Debian: chromium)"
cd "$scratch" || exit 1
export HOME=$scratch XDG_RUNTIME_DIR=$scratch

# browser OPTIONS... FILE: what Chromium prints. As root it runs without its sandbox only.
browser() {
  within_limit "$chromium" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --user-data-dir="$scratch/profile" --hide-scrollbars --virtual-time-budget=5000 "${@:1:$#-1}" "file://${*: -1}" 2>browser-err
}
browser --dump-dom "$support/page_checks.js" >dom || skip "this Chromium does not run without a screen: $(tail -1 browser-err | head -c 200)"

for case in two cluster tail errors thousand million giant died idle spmd; do
  bash "$support/recordings.sh" "$case" >"$case.rec" || fail "the recording $case"
  run "$launcher" report "$case.rec" -o "$case.html"
  expect_status 0 "$case"
  [ "$(stat -c %s "$case.html")" -lt 2000000 ] || fail "$case: the page is too large"
  # The checks go behind the page's own script.
  sed '$d' "$case.html" | sed '$d' >checked.html
  {
    echo "<script>window.pageKind = \"$case\";</script><script>"
    cat "$support/page_checks.js"
    echo "</script></body></html>"
  } >>checked.html
  for scheme in 1 0; do  # light, dark
    browser --dump-dom --window-size=1400,1200 --blink-settings=preferredColorScheme=$scheme "$scratch/checked.html" >dom
    result=$(grep -o 'data-checks="[^"]*"' dom | head -1)
    [ "$result" = 'data-checks="ok"' ] || fail "$case: ${result:-the page has not run: $(tail -1 browser-err)}"
    [ "$(grep -o '<body data-ready="yes"' dom)" ] || fail "$case: not ready"
  done
  if [ -n "${HECATON_SCREENSHOTS-}" ]; then
    browser --window-size=1400,1100 --screenshot="$HECATON_SCREENSHOTS/$case.png" "$scratch/$case.html" >/dev/null
    browser --window-size=1400,1100 --blink-settings=preferredColorScheme=0 \
      --screenshot="$HECATON_SCREENSHOTS/$case-dark.png" "$scratch/$case.html" >/dev/null
  fi
done
done_testing
