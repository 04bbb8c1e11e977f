#include <launcher/top/top.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/log.hpp>
#include <string_view>

#include <launcher/base/poll_set.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/base/signal_file.hpp>
#include <launcher/top/screen.hpp>
#include <launcher/top/source.hpp>

namespace hecaton::launcher {
namespace {

using namespace top;
using namespace std::chrono_literals;

constexpr std::size_t wide = 4'096;  // of a file
constexpr auto between_screens = 1s;

void write_all(std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

// The screen beside the usual one, without a cursor and without the echo of keys, until this object ends.
class Terminal {
  public:
    Terminal() {
        if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
            termios quiet = before_;
            quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
            keys_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet) == 0;
        }
        write_all("\033[?1049h\033[?25l");
    }
    ~Terminal() {
        write_all("\033[?25h\033[?1049l");
        if (keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void show(const Screen& screen) {
        winsize size{};
        const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
        std::string text = "\033[H";
        const auto lines = screen.lines(told ? size.ws_row : 24, told ? size.ws_col : 80);
        for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? "" : "\r\n") + lines[i] + "\033[K";
        write_all(text + "\033[J");
    }
    /// Waits for a second. False: the user wants to end.
    bool wait(SignalFile& signals) {
        const auto end = std::chrono::steady_clock::now() + between_screens;
        while (std::chrono::steady_clock::now() < end) {
            bool over = false;
            PollSet files;
            files.add(signals.get(), POLLIN, [&](short) {
                while (const auto signal = signals.next()) over = over || *signal != SIGWINCH;
            });
            files.add(keys_ ? STDIN_FILENO : -1, POLLIN, [&](short) {
                char key = 0;
                over = ::read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q';
            });
            if (files.wait(end)) files.serve();
            if (over) return false;
        }
        return true;
    }

  private:
    termios before_{};
    bool keys_ = false;
};

int once(const Snapshot& run) {
    Screen screen;
    screen.now(run);
    std::string text;
    for (const auto& line : screen.lines(0, wide)) text += line + "\n";
    return print(text);
}

int again_and_again(Source& source, const Snapshot& first) {
    SignalFile signals({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP});
    Screen screen;
    screen.now(first);
    {
        Terminal terminal;
        terminal.show(screen);
        while (terminal.wait(signals)) {
            const auto next = source.ask();
            if (!next) break;
            screen.now(*next);
            terminal.show(screen);
        }
    }
    // What was there at last stays on the usual screen.
    std::string text;
    for (const auto& line : screen.lines(0, wide)) text += line + "\n";
    return print(text);
}

}  // namespace

int show_top(const std::string& job) {
    std::string word = job;
    if (word.empty()) {
        const auto runs = runs_here();
        if (runs.empty()) return print("no run of hecaton run goes on here; of a batch job: hecaton top JOB\n");
        if (runs.size() > 1) return print(table_of_runs(runs) + "one of them: hecaton top PID\n");
        word = std::to_string(runs.front().pid);
    }
    const auto source = source_of(word);
    const auto first = source->ask();
    if (!first) {
        detail::log::line(source->why_not());
        return 1;
    }
    return ::isatty(STDOUT_FILENO) == 1 ? again_and_again(*source, *first) : once(*first);
}

}  // namespace hecaton::launcher
