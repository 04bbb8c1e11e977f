#include "engine_words.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace hecaton::launcher {
namespace {

// Paragraphs about the end of a rank or of the job.
constexpr std::array known_paragraphs{
    "Primary job  terminated",   "processes exited with non-zero status",
    "noticed that process rank", "MPI_ABORT was invoked",
    "unexpectedly disconnected", "exited without calling",
};
// What each rank says after the reason; the reason comes another way and may be later.
constexpr const char* general_paragraph = "It looks like MPI_INIT failed";
// Lines that follow from it.
constexpr std::array noise{"ORTE_ERROR_LOG", "PMIX ERROR", "sent help message", "orte_base_help_aggregate"};

template <class List>
bool has_one_of(const List& phrases, const std::string& text) {
    return std::ranges::any_of(phrases, [&](const char* phrase) { return text.find(phrase) != std::string::npos; });
}

bool is_rule(std::string_view line) {
    return line.size() > 10 && line.find_first_not_of('-') == std::string_view::npos;
}

bool blank(const std::string& text) { return text.find_first_not_of(" \n") == std::string::npos; }

}  // namespace

std::string words_of_mpi(const std::string& said) {
    std::string kept;
    std::string general;
    std::string paragraph;
    const auto finish = [&] {
        std::string& where = paragraph.find(general_paragraph) != std::string::npos ? general : kept;
        if (!blank(paragraph) && !has_one_of(known_paragraphs, paragraph))
            where += (where.empty() ? "" : "\n") + paragraph;
        paragraph.clear();
    };
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        if (is_rule(line))
            finish();
        else if (!has_one_of(noise, line))
            paragraph += line + '\n';
    }
    finish();
    return kept + (kept.empty() || general.empty() ? "" : "\n") + general;
}

}  // namespace hecaton::launcher
