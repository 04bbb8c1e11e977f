#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/traffic/progress.hpp>

namespace hecaton::detail {
namespace {

std::string readable(double seconds) {
    if (seconds < 100) return fmt::format("{:.0f} s", seconds);
    if (seconds < 100 * 60) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

void write_whole(const std::string& text) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

// A longer line would go on in the next row of the terminal, and stay there.
std::string cut_to_terminal(std::string line) {
    winsize size{};
    const bool told = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const std::size_t room = told ? size.ws_col - 1U : 79;
    if (line.size() <= room) return line;
    std::size_t end = room;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80) --end;  // no half of a UTF-8 character
    line.resize(end);
    return line;
}

}  // namespace

std::string failure_line(const std::string& name, const ErrorRecord& error, std::uint64_t others) {
    std::string line = name.empty() ? "" : fmt::format("\"{}\": ", name);
    line += fmt::format("item {}", error.index);
    if (error.rank >= 0) line += fmt::format(" on rank {} of {}", error.rank, error.host);
    const std::string what = type_and_text(error.type_name, error.text);
    const auto end = what.find('\n');
    line += fmt::format(" failed: {}{}", what.substr(0, end), end == std::string::npos ? "" : " ...");
    if (others != 0) line += fmt::format(" (and {} more error{})", others, others == 1 ? "" : "s");
    return line;
}

std::string progress_line(const std::string& name, const Progressed& now, double seconds) {
    std::string line = name.empty() ? "" : name + ": ";
    const double part = now.items == 0 ? 0 : static_cast<double>(now.done) / static_cast<double>(now.items);
    line += now.items == 0 ? fmt::format("{} items", now.done)
                           : fmt::format("{} of {} items ({:.0f} %)", now.done, now.items, 100 * part);
    if (now.failed != 0) line += fmt::format(", {} failed,", now.failed);
    line += " after " + readable(seconds);
    if (now.done > now.restored && now.done < now.items) {
        const double left = static_cast<double>(now.items - now.done);
        line += fmt::format(", about {} left", readable(seconds * left / static_cast<double>(now.done - now.restored)));
    }
    return line;
}

Progress::Progress(std::string name, double begun)
    : name_(std::move(name)), terminal_(::isatty(STDERR_FILENO) == 1), begun_(begun), next_(begun + 1) {}

void Progress::failed(const ErrorRecord& error, double now) {
    if (not_said_++ == 0) error_ = error;
    if (now >= next_failure_) say_failure(now);
}

void Progress::say_failure(double now) {
    const std::string line = failure_line(name_, error_, not_said_ - 1);
    not_said_ = 0;
    next_failure_ = now + 1;
    if (!terminal_) return log::line(line);
    write_whole(fmt::format("\r\033[Khecaton: {}\n", line));
}

void Progress::update(const Progressed& progressed, double now) {
    if (not_said_ != 0 && now >= next_failure_) say_failure(now);
    if (now >= next_) show(progressed, now, false);
}

void Progress::finish(const Progressed& progressed, double now) {
    if (not_said_ != 0) say_failure(now);
    if (shown_) show(progressed, now, true);
}

void Progress::show(const Progressed& progressed, double now, bool last) {
    if (shown_by_launcher() != RankNotes::Shown::nothing) return;
    const std::string line = progress_line(name_, progressed, now - begun_);
    shown_ = true;
    next_ = now + (terminal_ ? 1 : std::clamp((now - begun_) / 2, 1.0, 60.0));
    if (!terminal_) return log::line(line);
    write_whole(fmt::format("\r{}\033[K{}", cut_to_terminal("hecaton: " + line), last ? "\n" : ""));
}

}  // namespace hecaton::detail
