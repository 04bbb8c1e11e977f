#include <algorithm>
#include <array>
#include <charconv>
#include <hecaton/attendant/mpirun_words.hpp>
#include <utility>

namespace hecaton::detail::attendant {
namespace {

constexpr std::size_t shortest_dashes = 60;  // paragraphs stand between lines of them

// In the first line of the paragraphs.
constexpr std::array ends{"Primary job  terminated normally", "noticed that process rank",
                          "detected that one or more processes exited", "has exited due to process rank",
                          "MPI_ABORT was invoked on rank"};

constexpr std::array remarks{"more process has sent help message",
                             "more processes have sent help message",
                             "base_help_aggregate",
                             "show_help.c at line",
                             "Forwarding signal ",
                             "[warn] Epoll MOD(1)",
                             "abort is already in progress"};

bool has_one_of(std::string_view text, const auto& phrases) {
    return std::ranges::any_of(phrases, [&](const char* one) { return text.find(one) != std::string_view::npos; });
}

bool is_dashes(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    return line.size() >= shortest_dashes && line.find_first_not_of('-') == std::string_view::npos;
}

// "mpirun noticed that process rank 1 with PID 0 on node h exited on signal 11 (Segmentation fault)."
int rank_in(std::string_view text) {
    constexpr std::string_view before = "noticed that process rank ";
    const auto at = text.find(before);
    int rank = -1;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + before.size(), text.data() + text.size(), rank);
    return rank;
}

std::string node_in(std::string_view text) {
    constexpr std::string_view before = " on node ";
    const auto at = text.find(before);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + before.size());
    return std::string(text.substr(0, text.find(' ')));
}

}  // namespace

// "[host:123] ..." is of process 123.
bool MpirunWords::is_noise(const std::string& line) const {
    if (has_one_of(line, remarks)) return true;
    const std::string mark = ":" + std::to_string(pid_) + "]";
    return end_is_known_ && line.starts_with('[') && line.find(mark) == line.find(':');
}

std::string MpirunWords::take(const std::string& line) {
    switch (paragraph_) {
        case Paragraph::none:
            if (is_dashes(line)) {
                paragraph_ = Paragraph::begun;
                held_ = line;
                return {};
            }
            explained_ = explained_ || line.starts_with("hecaton: ");
            return is_noise(line) ? std::string() : line;
        case Paragraph::begun: {
            std::string before = std::exchange(held_, is_dashes(line) ? line : std::string());
            if (is_dashes(line)) return before;
            if (has_one_of(line, ends)) {
                paragraph_ = Paragraph::known;
                held_ = line;
                return {};
            }
            paragraph_ = Paragraph::none;
            return before + take(line);
        }
        case Paragraph::known:
            held_ += line;
            if (!is_dashes(line)) return {};
            if (const int rank = rank_in(held_); rank >= 0 && killed_rank_ < 0) {
                killed_rank_ = rank;
                killed_on_ = node_in(held_);
            }
            held_.clear();
            paragraph_ = Paragraph::none;
            return {};
    }
    return {};
}

std::string MpirunWords::add(std::string_view text) {
    std::string passed;
    while (!text.empty()) {
        const auto end = text.find('\n');
        line_ += text.substr(0, end == std::string_view::npos ? end : end + 1);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (end == std::string_view::npos) break;
        passed += std::exchange(middle_, false) ? line_ : take(line_);
        line_.clear();
    }
    // A question, a progress bar. mpirun's own lines come whole.
    const bool may_be_mpirun = line_.starts_with('-') || paragraph_ == Paragraph::known;
    if (line_.empty() || (may_be_mpirun && !middle_)) return passed;
    if (!middle_) passed += std::exchange(held_, {});
    paragraph_ = Paragraph::none;
    middle_ = true;
    return passed += std::exchange(line_, {});
}

std::string MpirunWords::rest() {
    const bool known = paragraph_ == Paragraph::known;
    paragraph_ = Paragraph::none;
    return (known ? std::string() : std::exchange(held_, {})) + std::exchange(line_, {});
}

}  // namespace hecaton::detail::attendant
