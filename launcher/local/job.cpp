#include <launcher/local/job.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/folder.hpp>
#include <launcher/jobs/registry.hpp>

namespace hecaton::launcher::jobs {
namespace {

namespace fs = std::filesystem;
using batch::State;
using nlohmann::json;

State state_named(const std::string& word) {
    for (const State state :
         {State::waiting, State::running, State::done, State::failed, State::cancelled, State::timed_out, State::lost})
        if (batch::name(state) == word) return state;
    return State::unknown;
}

// As it stands there: whether the runner is alive is not looked at.
std::optional<LocalJob> written(const std::string& id) try {
    const json object = json::parse(text_of(local_folder(id) + "/state"), nullptr, false);
    if (!object.is_object()) return std::nullopt;
    LocalJob job{.folder = object.at("folder"),
                 .name = object.at("name"),
                 .token = object.at("token"),
                 .limit = object.at("limit"),
                 .runner = {.pid = object.at("pid"), .start = object.at("start")},
                 .tasks = {}};
    for (const auto& one : object.at("tasks")) {
        auto& task = job.tasks.emplace_back();
        task.index = one.at("index");
        task.state = state_named(one.at("state"));
        task.reason = one.at("reason");
        task.begun = one.at("begun");
        task.ended = one.at("ended");
        task.status = one.at("status");
        task.run = one.at("run");
    }
    return job;
} catch (const json::exception&) {
    return std::nullopt;
}

}  // namespace

ProcessName process_name(pid_t pid) {
    // The name of the command, in brackets, may have spaces and brackets of its own.
    const std::string stat = text_of(fmt::format("/proc/{}/stat", pid));
    const auto bracket = stat.rfind(')');
    if (bracket == std::string::npos) return {};
    std::istringstream fields(stat.substr(bracket + 1));
    std::string field;
    std::string state;
    fields >> state;
    for (int i = 4; i <= 22 && fields >> field; ++i) {
    }
    if (state == "Z" || state == "X") return {};
    std::string boot = text_of("/proc/sys/kernel/random/boot_id");
    boot.resize(std::min(boot.find('\n'), boot.size()));
    return {.pid = pid, .start = fmt::format("{}:{}", boot, field)};
}

bool ProcessName::alive() const { return pid > 0 && process_name(pid).start == start; }

bool LocalJob::ended() const {
    return std::ranges::all_of(tasks, [](const LocalTask& task) { return batch::ended(task.state); });
}

std::string local_folder() { return fmt::format("{}/local/{}", state_folder(), detail::host::name()); }

std::string local_folder(const std::string& id) { return fmt::format("{}/{}", local_folder(), id); }

std::optional<LocalJob> read_local(const std::string& id) {
    auto job = written(id);
    if (!job || job->ended() || job->runner.alive()) return job;
    job = written(id);  // a runner writes the end of its last task, and is gone a moment later
    if (!job) return job;
    for (auto& task : job->tasks) {
        if (batch::ended(task.state)) continue;
        task.state = State::lost;
        task.reason = "its runner is gone: it was killed, or the machine started anew";
    }
    return job;
}

void write_local(const std::string& id, const LocalJob& job) {
    json tasks = json::array();
    for (const auto& task : job.tasks)
        tasks.push_back({{"index", task.index},
                         {"state", batch::name(task.state)},
                         {"reason", task.reason},
                         {"begun", task.begun},
                         {"ended", task.ended},
                         {"status", task.status},
                         {"run", task.run}});
    const json object = {{"folder", job.folder},     {"name", job.name},      {"token", job.token},
                         {"limit", job.limit},       {"pid", job.runner.pid}, {"start", job.runner.start},
                         {"tasks", std::move(tasks)}};
    replace_file(local_folder(id) + "/state", object.dump(-1, ' ', true, json::error_handler_t::replace) + "\n");
}

std::vector<batch::View> views_of(const std::string& id, const LocalJob& job) {
    std::vector<batch::View> views;
    for (const auto& task : job.tasks) {
        auto& view = views.emplace_back();
        view.id = id;
        view.task = task.index;
        view.name = job.name;
        view.token = job.token;
        view.state = task.state;
        view.word = batch::name(task.state);
        view.reason = task.reason;
        view.run = task.run;
        view.nodes = task.begun > 0 ? detail::host::name() : "";
        if (batch::ended(task.state) && task.state != State::lost) view.status = task.status;
        if (task.begun <= 0) continue;
        const auto elapsed = static_cast<long>((task.ended > 0 ? task.ended : now()) - task.begun);
        view.elapsed = elapsed;
        if (job.limit > 0 && task.state == State::running) view.left = std::max(0L, job.limit - elapsed);
    }
    return views;
}

std::string new_local_id() {
    std::error_code problem;
    fs::create_directories(local_folder(), problem);
    int last = 0;
    for (const auto& id : local_ids()) last = std::max(last, std::stoi(id));
    for (int next = last + 1; !problem; ++next)
        if (fs::create_directory(local_folder(std::to_string(next)), problem)) return std::to_string(next);
    throw Refusal(fmt::format("{} cannot be made: {}; set XDG_STATE_HOME to a folder that is yours", local_folder(),
                              problem.message()));
}

std::vector<std::string> local_ids() {
    std::vector<std::string> ids;
    for (const auto& entry : entries_of(local_folder())) {
        const std::string id = entry.filename().string();
        if (!id.empty() && id.size() < 9 && id.find_first_not_of("0123456789") == std::string::npos) ids.push_back(id);
    }
    std::ranges::sort(ids, {}, [](const std::string& id) { return std::stoi(id); });
    return ids;
}

}  // namespace hecaton::launcher::jobs
