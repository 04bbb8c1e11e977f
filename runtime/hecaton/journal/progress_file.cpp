#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <hecaton/journal/progress_file.hpp>
#include <hecaton/journal/refusal.hpp>
#include <sstream>

namespace hecaton::detail::journal {

namespace {

std::string word_of(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }, '_');
    return text.empty() ? "-" : text;
}

}  // namespace

bool write_progress(const std::filesystem::path& file, const Progress& progress) noexcept try {
    const std::string draft = file.string() + ".new";
    {
        std::ofstream out(draft, std::ios::trunc);
        out << fmt::format("owner {}\nprogram {}\nbuild {}\ncommit {:.3f}\n", one_line(progress.owner),
                           one_line(progress.program), one_line(progress.build), progress.commit);
        if (!progress.problem.empty()) out << fmt::format("problem {}\n", one_line(progress.problem));
        for (const CallProgress& call : progress.calls)
            out << fmt::format("call {} {} {} {} {} {} {}\n", call.call, call.number, call.items, call.done,
                               call.failed, word_of(call.kind), one_line(call.name));
        if (!out.flush()) return false;
    }
    return std::rename(draft.c_str(), file.c_str()) == 0;
} catch (...) {  // no memory
    return false;
}

double now() noexcept {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::optional<Progress> read_progress(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return std::nullopt;
    Progress progress;
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        std::string key;
        fields >> key;
        fields.get();
        if (key == "owner") std::getline(fields, progress.owner);
        if (key == "program") std::getline(fields, progress.program);
        if (key == "build") std::getline(fields, progress.build);
        if (key == "commit") fields >> progress.commit;
        if (key == "problem") std::getline(fields, progress.problem);
        if (key != "call") continue;
        CallProgress call;
        fields >> call.call >> call.number >> call.items >> call.done >> call.failed >> call.kind;
        fields.get();
        std::getline(fields, call.name);
        progress.calls.push_back(std::move(call));
    }
    return progress;
}

}  // namespace hecaton::detail::journal
