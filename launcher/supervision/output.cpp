#include <launcher/supervision/output.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t most_waiting = 1U << 20U;
constexpr std::size_t most_of_all = 64U << 20U;  // after a request to end; before it, ranks wait for the reader
constexpr std::size_t longest_line = 1U << 20U;
constexpr std::chrono::milliseconds prompt_age{100};
constexpr std::size_t atom = 4'096;  // a pipe that is ready takes this many bytes without blocking

int number_of(Output::Stream stream) { return stream == Output::out ? STDOUT_FILENO : STDERR_FILENO; }

std::string time_of_day() {
    timeval now{};
    ::gettimeofday(&now, nullptr);
    std::tm parts{};
    ::localtime_r(&now.tv_sec, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:03} ", parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_usec / 1'000);
}

// On a terminal that takes it now: nothing waits for one that is stopped.
bool write_now(const std::string& text) {
    pollfd ready{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0 &&
           ::write(STDERR_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

std::pair<int, int> size_of_terminal(int file) {
    if (::isatty(file) != 1) return {0, 0};
    winsize size{};
    const bool told = ::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    return told ? std::pair<int, int>{size.ws_row, size.ws_col} : std::pair{24, 80};
}

Output::Output(OutputOptions options) : options_(std::move(options)) {
    for (const Stream stream : {out, err}) targets_[stream].terminal = ::isatty(number_of(stream)) == 1;
    if (options_.dir.empty()) return;
    std::error_code problem;
    std::filesystem::create_directories(options_.dir, problem);
    if (problem) throw Refusal(wrong_command_line, fmt::format("--output-dir {}: {}", options_.dir, problem.message()));
}

void Output::ranks(int count) {
    lines_.resize(static_cast<std::size_t>(count));
    width_ = static_cast<int>(std::to_string(std::max(0, count - 1)).size());
    if (options_.dir.empty()) return;
    for (int rank = 0; rank < count; ++rank)
        for (const Stream stream : {out, err}) {
            const int made = ::open(file(rank, stream).c_str(),
                                    O_WRONLY | O_CREAT | O_CLOEXEC | (options_.append ? 0 : O_TRUNC), 0666);
            if (made < 0 && problem_.empty())
                problem_ = fmt::format("{}: {}", file(rank, stream), std::strerror(errno));
            ::close(made);
        }
}

std::string Output::file(int rank, Stream stream) const {
    return fmt::format("{}/rank.{}.{}", options_.dir, rank, stream == out ? "out" : "err");
}

void Output::to_file(int rank, Stream stream, std::string_view bytes) {
    const int made = ::open(file(rank, stream).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    while (made >= 0 && !bytes.empty()) {
        const auto count = ::write(made, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (!bytes.empty() && problem_.empty()) problem_ = fmt::format("{}: {}", file(rank, stream), std::strerror(errno));
    if (made >= 0) ::close(made);
}

void Output::write(int rank, Stream stream, std::string_view bytes) {
    if (!options_.dir.empty()) to_file(rank, stream, bytes);
    auto& unfinished = lines_.at(static_cast<std::size_t>(rank)).unfinished[stream];
    auto& target = targets_[stream];
    if (target.waiting.size() > most_of_all) {
        problem_ = "nobody read it";
        return;
    }
    const auto last = bytes.rfind('\n');
    if (last != std::string_view::npos) {
        const auto whole = bytes.substr(0, last + 1);
        if (unfinished.empty()) {
            emit(target, rank, whole);
        } else {
            unfinished.append(whole);
            emit(target, rank, unfinished);
            unfinished.clear();
        }
        bytes.remove_prefix(last + 1);
    }
    if (unfinished.empty() && target.terminal)
        lines_[static_cast<std::size_t>(rank)].since[stream] = std::chrono::steady_clock::now();
    unfinished.append(bytes);
    if (unfinished.size() > longest_line) {
        emit(target, rank, unfinished);
        unfinished.clear();
    }
}

void Output::close(int rank) {
    auto& line = lines_.at(static_cast<std::size_t>(rank));
    for (const Stream stream : {out, err}) {
        if (!line.unfinished[stream].empty()) emit(targets_[stream], rank, line.unfinished[stream]);
        line.unfinished[stream].clear();
    }
}

// Appends to the bytes that wait. A line that another rank has begun is ended first.
void Output::emit(Target& target, int rank, std::string_view bytes) {
    if (bytes.empty()) return;
    if (target.open_line >= 0 && target.open_line != rank) {
        target.waiting += '\n';
        target.open_line = -1;
    }
    if (rank >= 0 && (options_.label || options_.timestamps))
        emit_labelled(target, rank, bytes);
    else
        target.waiting.append(bytes);
    target.open_line = bytes.back() == '\n' ? -1 : rank;
}

void Output::emit_labelled(Target& target, int rank, std::string_view bytes) {
    const std::string begin = prefix(target, rank);
    bool continues = target.open_line == rank;
    while (!bytes.empty()) {
        const auto size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
        if (!continues) target.waiting.append(begin);
        target.waiting.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
        continues = false;
    }
}

std::string Output::prefix(const Target& target, int rank) const {
    std::string text = options_.timestamps ? time_of_day() : "";
    if (!options_.label) return text;
    const std::string label = fmt::format("[{:{}}]", rank, width_);
    text += target.terminal && options_.colour ? fmt::format("\033[{}m{}\033[0m ", 31 + rank % 6, label) : label + " ";
    return text;
}

void Output::say(std::string_view text) {
    show(text);
    if (said_.size() == most_said) said_.erase(said_.begin());
    said_.emplace_back(text);
}

void Output::show(std::string_view text) { emit(targets_[err], -1, fmt::format("hecaton: {}\n", text)); }

void Output::pass_on(std::string_view lines, Stream stream) { emit(targets_[stream], -1, lines); }

bool Output::has_prompts() const {
    for (const Stream stream : {out, err})
        for (const auto& line : lines_)
            if (targets_[stream].terminal && !line.unfinished[stream].empty()) return true;
    return false;
}

void Output::show_prompts(bool idle) {
    const auto now = std::chrono::steady_clock::now();
    for (const Stream stream : {out, err}) {
        auto& target = targets_[stream];
        if (!target.terminal) continue;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            auto& unfinished = lines_[i].unfinished[stream];
            const int rank = static_cast<int>(i);
            const bool alone = target.open_line < 0 || target.open_line == rank;
            if (!idle && !(alone && now - lines_[i].since[stream] >= prompt_age)) continue;
            emit(target, rank, unfinished);
            unfinished.clear();
        }
    }
}

bool Output::full() const {
    return targets_[out].waiting.size() > most_waiting || targets_[err].waiting.size() > most_waiting;
}

bool Output::waits(Stream stream) const { return !targets_[stream].waiting.empty(); }

std::size_t Output::room_below() const {
    if (!targets_[err].terminal || !options_.below) return 0;
    return static_cast<std::size_t>(std::max(2, size_of_terminal(STDERR_FILENO).second)) - 1;
}

void Output::keep_below(std::string text) {
    below_ = std::move(text);
    draw_below();
}

bool Output::clear_below() {
    if (!drawn_.empty() && write_now("\r\033[K")) drawn_.clear();
    return drawn_.empty();
}

// Not beside an unfinished line, such as a question.
void Output::draw_below() {
    if (below_ == drawn_) return;
    if (below_.empty()) return static_cast<void>(clear_below());
    for (const auto& target : targets_)
        if (!target.waiting.empty() || (target.terminal && target.open_line >= 0)) return;
    if (write_now(fmt::format("\r{}\033[K", below_))) drawn_ = below_;
}

void Output::pump(Stream stream) {
    auto& target = targets_[stream];
    if (target.terminal && !target.waiting.empty() && !clear_below()) return;
    pollfd ready{number_of(stream), POLLOUT, 0};
    while (target.written < target.waiting.size() && ::poll(&ready, 1, 0) == 1) {
        const auto size = std::min(atom, target.waiting.size() - target.written);
        const auto count = ::write(number_of(stream), target.waiting.data() + target.written, size);
        if (count >= 0) {
            target.written += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {  // nobody reads it any more
            if (stream == out && errno == EPIPE) broken_ = true;
            if (errno != EPIPE && problem_.empty())
                problem_ = fmt::format("standard {}: {}", stream == out ? "output" : "error", std::strerror(errno));
            target.written = target.waiting.size();
        }
    }
    if (target.written < target.waiting.size()) return;
    target.waiting.clear();
    target.written = 0;
    draw_below();
}

}  // namespace hecaton::launcher
