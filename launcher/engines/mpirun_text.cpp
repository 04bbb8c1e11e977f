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
// mpirun says so when an ssh that it has started was quicker than itself ("plm:rsh" with Open MPI 4, "plm:ssh" with 5);
// it makes no difference.
constexpr const char* noise = "sh: Warning: setpgid(";

// A rank says this on its standard error.
constexpr const char* no_beginning = "before MPI_INIT completed";

// mpirun says this when it could not read the text that a rank gave it to show.
constexpr const char* could_not_show = "show_help.c at line";

// Phrases in lines between paragraphs.
constexpr std::array known_lines{"ORTE_ERROR_LOG",
                                 "PMIX ERROR",
                                 "PRTE ERROR",
                                 "sent help message",
                                 "base_help_aggregate",
                                 "abort is already in progress",
                                 noise};

bool has_one_of(std::string_view text, const auto& phrases) {
    return std::ranges::any_of(phrases, [&](const char* one) { return text.find(one) != std::string_view::npos; });
}

bool is_rule(std::string_view line) {
    return line.size() >= shortest_rule && line.find_first_not_of('-') == std::string_view::npos;
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

bool tells_of_an_end(std::string_view text) { return has_one_of(text, known_paragraphs); }

std::string without_noise(std::string_view text) {
    std::string rest;
    while (!text.empty()) {
        const auto line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
        if (line.find(noise) == std::string_view::npos) rest += line;
        text.remove_prefix(line.size());
    }
    return rest;
}

Causes causes(std::string_view text) {
    std::string left;
    std::string general;
    std::string paragraph;  // begun by a rule
    bool inside = false;
    bool blank = true;
    bool lost = false;
    bool told = false;
    const auto keep = [&](std::string_view lines) {
        left += lines;
        blank = blank && lines.find_first_not_of(" \t\r\n") == std::string_view::npos;
    };
    const auto end_paragraph = [&] {
        if (paragraph.find(general_paragraph) != std::string::npos)
            general += paragraph;
        else if (!has_one_of(paragraph, known_paragraphs)) {
            told = told || !paragraph.empty();
            keep(paragraph);
        }
        paragraph.clear();
    };
    for (std::size_t begin = 0; begin < text.size();) {
        const auto size = std::min(text.find('\n', begin), text.size() - 1) + 1 - begin;
        const auto line = text.substr(begin, size);
        begin += size;
        const bool rule = is_rule(line.ends_with('\n') ? line.substr(0, size - 1) : line);
        if (rule || inside) paragraph += line;
        if (rule && inside) end_paragraph();
        if (rule)
            inside = !inside;
        else if (!inside && !has_one_of(line, known_lines))
            keep(line);
        lost = lost || (!inside && line.find(could_not_show) != std::string_view::npos);
    }
    end_paragraph();
    keep(general);
    return {.text = blank ? std::string() : left, .told = told, .lost = lost};
}

}  // namespace hecaton::launcher
