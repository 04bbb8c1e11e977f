"""on_terminal.py COLUMNS RAW COMMAND...: runs it in a pseudo terminal of so many columns and prints what stays on the
screen, as lines; RAW gets the bytes. Its status is that of the command."""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, raw, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    os.execvp(command[0], command)
got = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    got += part
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
with open(raw, "wb") as file:
    file.write(got)

lines, at = [""], 0
text = got.decode(errors="replace")
place = 0
while place < len(text):
    letter = text[place]
    if letter == "\n":
        lines.append("")
        at = 0
    elif letter == "\r":
        at = 0
    elif text.startswith("\033[K", place):
        lines[-1] = lines[-1][:at]
        place += 2
    else:
        lines[-1] = lines[-1][:at] + letter + lines[-1][at + 1:]
        at += 1
        if at > columns:
            print("a line is longer than the terminal:", lines[-1])
            sys.exit(99)
    place += 1
print("\n".join(lines))
sys.exit(status)
