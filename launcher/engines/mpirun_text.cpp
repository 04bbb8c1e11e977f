#include <launcher/engines/mpirun_text.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace hecaton::launcher {
namespace {

constexpr std::size_t shortest_rule = 60;  // paragraphs stand between lines of dashes

// Phrases in paragraphs about the end of a rank.
constexpr std::array known_paragraphs{"Primary job  terminated normally",
                                      "noticed that process rank",
                                      "detected that one or more processes exited",
                                      "has exited due to process rank",
                                      "MPI_ABORT was invoked on rank",
                                      "has lost communication with",
                                      "was unable to cleanly terminate",
                                      "This help section is empty",
                                      "unexpectedly disconnected",
                                      "exited without calling"};
// Each rank says this after the reason; the reason may arrive later.
constexpr const char* general_paragraph = "It looks like MPI_INIT failed";
// Phrases in lines that make no difference: mpirun says the first when an ssh that it has started was quicker than
// itself
// ("plm:rsh" with Open MPI 4, "plm:ssh" with 5), libevent the second when a connection closes as it looks at it.
constexpr std::array noise{"sh: Warning: setpgid(", "[warn] Epoll "};

// Phrases in paragraphs in which mpirun says that a daemon could not be started, and guesses why.
constexpr std::array guesses{"has unexpectedly failed after launch and before",
                             "was unable to reliably start one or more daemons", "It looks like orte_init failed",
                             "It looks like prte_init failed"};

// A rank says this on its standard error.
constexpr const char* no_beginning = "before MPI_INIT completed";

// mpirun says this when it could not read the text that a rank gave it to show.
constexpr const char* could_not_show = "show_help.c at line";

// What Open MPI says about a signal, around the frames.
constexpr std::array backtrace_lines{"*** Process received signal ***",
                                     "Signal: ",
                                     "Signal code: ",
                                     "Associated errno: ",
                                     "Failing at address: ",
                                     "Sending PID: ",
                                     "siginfo is (null)",
                                     "*** End of error message ***"};

// mpirun says on its standard output how many processes failed to start, or were killed.
constexpr const char* count_of_failures = " total process";

// Phrases in lines between paragraphs.
constexpr std::array known_lines{"ORTE_ERROR_LOG",
                                 "PMIX ERROR",
                                 "PRTE ERROR",
                                 "sent help message",
                                 "base_help_aggregate",
                                 "abort is already in progress",
                                 "client_loop: send disconnect",
                                 "closed by remote host",
                                 " not responding."};  // the last three are ssh's

bool has_one_of(std::string_view text, const auto& phrases) {
    return std::ranges::any_of(phrases, [&](const char* one) { return text.find(one) != std::string_view::npos; });
}

bool is_rule(std::string_view line) {
    return line.size() >= shortest_rule && line.find_first_not_of('-') == std::string_view::npos;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// A line, or a paragraph with the rules around it.
struct Part {
    std::string_view text;
    bool paragraph = false;
};

std::vector<Part> parts(std::string_view text) {
    std::vector<Part> found;
    bool inside = false;
    while (!text.empty()) {
        const auto line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
        const bool rule = is_rule(line.ends_with('\n') ? line.substr(0, line.size() - 1) : line);
        if (inside)
            found.back().text = {found.back().text.data(), found.back().text.size() + line.size()};
        else
            found.push_back({line, rule});
        inside = inside != rule;
        text.remove_prefix(line.size());
    }
    return found;
}

// "[host:01234] [ 0] /lib/..." and the lines around it.
bool is_of_a_backtrace(std::string_view line) {
    if (!line.starts_with('[')) return false;
    const auto end = line.find("] ");
    const auto colon = line.substr(0, end).rfind(':');
    if (end == std::string_view::npos || colon == std::string_view::npos) return false;
    const auto pid = line.substr(colon + 1, end - colon - 1);
    if (pid.empty() || pid.find_first_not_of("0123456789") != std::string_view::npos) return false;
    const auto text = line.substr(end + 2);
    const bool frame = text.starts_with('[') && text.find(']') == 3;
    return frame || std::ranges::any_of(backtrace_lines, [&](const char* one) { return text.starts_with(one); });
}

// UCX, which MPI may use, has a backtrace of its own: "==== backtrace (tid: 1234) ====", " 0  /lib/... [0x...]", and a
// line of equals signs.
bool is_of_a_ucx_backtrace(std::string_view line) {
    while (line.ends_with('\n')) line.remove_suffix(1);
    if (line.starts_with('[') && line.find("] Caught signal ") != std::string_view::npos) return true;
    if (line.starts_with("==== backtrace ")) return true;
    if (line.size() > 20 && line.find_first_not_of('=') == std::string_view::npos) return true;
    const auto number = line.find_first_not_of(' ');
    const auto behind = line.find_first_not_of("0123456789", number);
    return number != behind && behind != std::string_view::npos && line.substr(behind).starts_with("  /") &&
           line.ends_with(']') && line.find(" [0x") != std::string_view::npos;
}

}  // namespace

bool failed_to_begin(std::string_view words) { return words.find(no_beginning) != std::string_view::npos; }

bool says_more_than_mpi(std::string_view words) {
    while (!words.empty()) {
        const auto line = words.substr(0, words.find('\n'));
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin != std::string_view::npos && line[begin] != '[' && line[begin] != '*') return true;
        words.remove_prefix(std::min(words.size(), line.size() + 1));
    }
    return false;
}

std::string without_backtrace(std::string_view words) {
    std::string rest;
    while (!words.empty()) {
        const auto line = words.substr(0, std::min(words.find('\n'), words.size() - 1) + 1);
        if (!is_of_a_backtrace(line) && !is_of_a_ucx_backtrace(line)) rest += line;
        words.remove_prefix(line.size());
    }
    return rest;
}

bool is_mpiruns_own(std::string_view line) { return line.find(count_of_failures) != std::string_view::npos; }

bool tells_of_an_end(std::string_view text) { return has_one_of(text, known_paragraphs); }

std::string without_noise(std::string_view text) {
    std::string rest;
    while (!text.empty()) {
        const auto line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
        if (!has_one_of(line, noise)) rest += line;
        text.remove_prefix(line.size());
    }
    return rest;
}

std::string lost_daemon(std::string_view text) {
    constexpr std::string_view place = " on node ";
    const auto daemon = text.find("Remote daemon");
    const auto host = daemon == std::string_view::npos ? daemon : text.find(place, daemon);
    if (host == std::string_view::npos || text.find("has lost communication with") == std::string_view::npos) return {};
    const auto name = text.substr(host + place.size());
    return std::string(name.substr(0, name.find_first_of(" \r\n")));
}

std::string folder_collision(std::string_view text) {
    constexpr std::string_view folder = "Directory: ";
    for (const auto& part : parts(text)) {
        const auto at = part.text.find(folder);
        if (at == std::string_view::npos || part.text.find("A call to mkdir") == std::string_view::npos ||
            part.text.find("File exists") == std::string_view::npos)
            continue;
        const auto name = part.text.substr(at + folder.size());
        return std::string(name.substr(0, name.find_first_of("\r\n")));
    }
    return {};
}

std::string refusal_of_srun(std::string_view text) {
    for (const std::string_view begin : {"srun: fatal: ", "srun: error: Unable to confirm allocation"}) {
        auto at = text.find(begin);
        if (at == std::string_view::npos) continue;
        at = text.find(' ', text.find(' ', at) + 1) + 1;  // after the two words
        return std::string(text.substr(at, text.find('\n', at) - at));
    }
    return {};
}

std::string without_guesses(std::string_view text, bool reason_known) {
    std::string rest;
    for (const auto& part : parts(text)) {
        const bool guess = part.paragraph ? has_one_of(part.text, guesses) : has_one_of(part.text, known_lines);
        if (!guess) rest += part.text;
    }
    return reason_known || !is_blank(rest) ? rest : std::string(text);
}

Causes causes(std::string_view text) {
    Causes found;
    std::string general;
    for (const auto& part : parts(text)) {
        if (!part.paragraph) {
            const bool known = has_one_of(part.text, known_lines) || has_one_of(part.text, noise) ||
                               is_of_a_backtrace(part.text);  // mpirun's own: it crashes when it loses a host
            if (!known) found.text += part.text;
            found.lost = found.lost || part.text.find(could_not_show) != std::string_view::npos;
        } else if (part.text.find(general_paragraph) != std::string_view::npos) {
            general += part.text;
        } else if (!has_one_of(part.text, known_paragraphs)) {
            found.told = true;
            found.text += part.text;
        }
    }
    found.text += general;
    if (is_blank(found.text)) found.text.clear();
    return found;
}

}  // namespace hecaton::launcher
