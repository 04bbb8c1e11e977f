#include <launcher/batch/words_of_job.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::batch {
namespace {

std::string file_in(const std::string& folder) { return folder + "/arguments"; }

}  // namespace

void write_words(const std::string& folder, const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) (all += word) += '\0';
    replace_file(file_in(folder), all);
}

std::vector<std::string> read_words(const std::string& folder) {
    std::ifstream file(file_in(folder), std::ios::binary);
    if (!file)
        throw Refusal(1,
                      fmt::format("{} cannot be read ({}): is this the folder of a job that hecaton submit has made?",
                                  file_in(folder), std::strerror(errno)));
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    if (words.empty()) throw Refusal(1, fmt::format("{} is empty", file_in(folder)));
    return words;
}

void take_program(RunOptions& options) {
    auto words = read_words(options.job_folder);
    options.program = words.front();
    options.args.assign(words.begin() + 1, words.end());
}

}  // namespace hecaton::launcher::batch
