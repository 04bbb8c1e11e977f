#include <fmt/format.h>

#include <filesystem>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/environment.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <hecaton/launch/launcher_file.hpp>
#include <hecaton/launch/recording.hpp>
#include <utility>
#include <vector>

namespace hecaton::detail::launch {
namespace {

struct Wishes {
    std::string recording;
    std::vector<std::string> files;  // to be made of it, where no launcher does
};

Wishes& wishes() {
    static Wishes& instance = *new Wishes;  // used while the process exits, so never destroyed
    return instance;
}

// The launcher that would start this program; empty: there is none.
std::string launcher() {
    try {
        return find_launcher(variables());
    } catch (const Error&) {  // the variable names another file
        return {};
    }
}

bool make(const std::string& recording, const std::string& file) {
    constexpr std::chrono::minutes limit{10};
    std::vector<std::string> words{launcher(), "report", recording, "-o", file};
    if (!words[0].empty()) {
        const auto made = Subprocess::run({.argv = words}, limit);
        if (made.problem == 0 && !made.late && made.status == 0) return true;
    }
    log::line(fmt::format("{} was not made of this run: hecaton report {} -o {} makes it", file, recording, file));
    return false;
}

}  // namespace

std::string recording_file() {
    Wishes& all = wishes();
    all.recording = job_setting("HECATON_RECORDING");
    if (!all.recording.empty()) return all.recording;
    for (const char* const variable : {"HECATON_REPORT", "HECATON_TRACE"}) {
        const std::string file = job_setting(variable);
        // The program may change its folder.
        if (!file.empty()) all.files.push_back(std::filesystem::absolute(file).string());
    }
    if (!all.files.empty()) all.recording = all.files.front() + ".recording";
    return all.recording;
}

void make_report() noexcept {
    try {
        const std::vector<std::string> files = std::exchange(wishes().files, {});
        bool all = !files.empty();
        for (const std::string& file : files) all = make(wishes().recording, file) && all;
        if (all) std::filesystem::remove(wishes().recording);
    } catch (...) {
        log::line("no report was made of this run");
    }
}

}  // namespace hecaton::detail::launch
