#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
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

std::string progress_line(const std::string& name, std::uint64_t done, std::uint64_t items, double seconds) {
    const std::string what = name.empty() ? "" : name + ": ";
    if (items == 0) return fmt::format("{}{} items after {}", what, done, readable(seconds));
    const double part = static_cast<double>(done) / static_cast<double>(items);
    std::string line =
        fmt::format("{}{} of {} items ({:.0f} %) after {}", what, done, items, 100 * part, readable(seconds));
    if (done != 0 && done != items) line += fmt::format(", about {} left", readable(seconds * (1 / part - 1)));
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

void Progress::update(std::uint64_t done, std::uint64_t items, double now) {
    if (not_said_ != 0 && now >= next_failure_) say_failure(now);
    if (now >= next_) show(done, items, now, false);
}

void Progress::finish(std::uint64_t done, std::uint64_t items, double now) {
    if (not_said_ != 0) say_failure(now);
    if (shown_) show(done, items, now, true);
}

void Progress::show(std::uint64_t done, std::uint64_t items, double now, bool last) {
    const std::string line = progress_line(name_, done, items, now - begun_);
    shown_ = true;
    next_ = now + (terminal_ ? 1 : std::clamp((now - begun_) / 2, 1.0, 60.0));
    if (!terminal_) return log::line(line);
    write_whole(fmt::format("\rhecaton: {}\033[K{}", line, last ? "\n" : ""));
}

}  // namespace hecaton::detail
