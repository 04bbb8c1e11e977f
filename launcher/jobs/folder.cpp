#include <launcher/jobs/folder.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/record.hpp>

namespace hecaton::launcher::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json json_of(const batch::Request& request) {
    return {{"nodes", request.nodes},
            {"ranks_per_node", request.ranks_per_node},
            {"limit", request.limit.count()},
            {"queue", request.queue},
            {"account", request.account},
            {"qos", request.qos},
            {"memory", request.memory},
            {"gpus_per_rank", request.gpus_per_rank},
            {"exclusive", request.exclusive},
            {"mail", request.mail},
            {"after", request.after},
            {"array", request.array.ranges},
            {"at_once", request.array.at_once},
            {"restarts", request.restarts},
            {"directives", request.directives},
            {"modules", request.modules},
            {"set", request.set},
            {"working_folder", request.working_folder}};
}

batch::Request request_of(const json& from) {
    batch::Request made;
    made.nodes = from.value("nodes", 1);
    made.ranks_per_node = from.value("ranks_per_node", 1);
    made.limit = std::chrono::seconds(from.value("limit", 0L));
    made.queue = from.value("queue", "");
    made.account = from.value("account", "");
    made.qos = from.value("qos", "");
    made.memory = from.value("memory", 0L);
    made.gpus_per_rank = from.value("gpus_per_rank", 0);
    made.exclusive = from.value("exclusive", false);
    made.mail = from.value("mail", "");
    made.after = from.value("after", std::vector<std::string>{});
    made.array.ranges = from.value("array", std::vector<std::pair<int, int>>{});
    made.array.at_once = from.value("at_once", 0);
    made.restarts = from.value("restarts", 0);
    made.directives = from.value("directives", std::vector<std::string>{});
    made.modules = from.value("modules", std::vector<std::string>{});
    made.set = from.value("set", std::map<std::string, std::string>{});
    made.working_folder = from.value("working_folder", "");
    return made;
}

json json_of(const Part& part) {
    return {{"token", part.token}, {"ids", part.ids}, {"tasks", part.tasks}, {"script", part.script}};
}

Part part_of(const json& from) {
    Part part;
    part.token = from.value("token", "");
    part.ids = from.value("ids", std::vector<std::string>{});
    part.tasks = from.value("tasks", std::vector<std::pair<int, int>>{});
    part.script = from.value("script", "");
    return part;
}

std::string again_file(const Job& job, const Part& again) {
    return fmt::format("{}/again.{}", job.folder, again.tasks.front().first);
}

// The files again.3, of those tasks that run again by themselves.
std::vector<Part> read_again(const std::string& folder) try {
    std::vector<Part> found;
    for (const auto& file : entries_of(folder)) {
        const std::string name = file.filename().string();
        if (!name.starts_with("again.") || name.find_first_not_of("0123456789", 6) != std::string::npos) continue;
        const json object = json::parse(text_of(file.string()), nullptr, false);
        if (object.is_object() && !part_of(object).tasks.empty()) found.push_back(part_of(object));
    }
    return found;
} catch (const json::exception&) {  // a member of another kind
    return {};
}

}  // namespace

std::string Job::id() const { return parts.empty() ? ids.empty() ? "" : ids.back() : parts.front().id(); }

std::vector<std::string> Job::all_ids() const {
    auto all = ids;
    for (const auto& some : {parts, again})
        for (const auto& part : some) all.insert(all.end(), part.ids.begin(), part.ids.end());
    return all;
}

std::string Job::shown() const { return task.empty() ? id() : fmt::format("{}_{}", id(), task); }

std::string Job::file(const std::string& kind) const {
    if (kind == "out" && !output.empty()) return batch::file_of_task(output, task);
    return fmt::format("{}/{}", folder, batch::file_of_task(kind, task));
}

std::string encode(const Job& job) {
    json parts = json::array();
    for (const auto& part : job.parts) parts.push_back(json_of(part));
    const json object = {{"version", 1},
                         {"name", job.request.name},
                         {"token", job.request.token},
                         {"scheduler", job.scheduler},
                         {"ids", job.ids},
                         {"parts", parts},
                         {"command", job.command},
                         {"build", job.build},
                         {"submitted", job.submitted},
                         {"output", job.output},
                         {"where", job.where},
                         {"journal", job.journal},
                         {"request", json_of(job.request)}};
    return object.dump(2, ' ', true, json::error_handler_t::replace) + "\n";
}

std::optional<Job> decode_job(std::string_view text) try {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    Job job;
    if (const auto request = object.find("request"); request != object.end() && request->is_object())
        job.request = request_of(*request);
    job.request.name = object.value("name", "");
    job.request.token = object.value("token", "");
    job.scheduler = object.value("scheduler", "");
    job.ids = object.value("ids", std::vector<std::string>{});
    for (const auto& part : object.value("parts", json::array())) job.parts.push_back(part_of(part));
    job.command = object.value("command", std::vector<std::string>{});
    job.build = object.value("build", "");
    job.submitted = object.value("submitted", 0.0);
    job.output = object.value("output", "");
    job.where = object.value("where", "");
    job.journal = object.value("journal", "");
    return job;
} catch (const json::exception&) {  // a member of another kind
    return std::nullopt;
}

std::optional<Job> read_job(const std::string& folder) {
    auto job = decode_job(text_of(folder + "/job.json"));
    if (!job) return job;
    job->folder = job->request.folder = folder;
    if (job->is_array() && job->request.restarts > 0) job->again = read_again(folder);
    return job;
}

void write_job(const Job& job) { replace_file(job.folder + "/job.json", encode(job)); }

void write_again(const Job& job, const Part& part) {
    replace_file(again_file(job, part), json_of(part).dump(2) + "\n");
}

void forget_again(const Job& job, const Part& part) {
    std::error_code ignored;
    fs::remove(again_file(job, part), ignored);
}

void make_folder(batch::Request& request) {
    std::error_code problem;
    const fs::path here = fs::current_path(problem);
    const fs::path made = here / (request.name + ".hecaton") / request.token;
    if (!problem) fs::create_directories(made, problem);
    if (problem)
        throw Refusal(1, fmt::format("the job's folder {} cannot be made: {}; submit it from a folder that is yours",
                                     made.string(), problem.message()));
    request.folder = made.string();
}

std::string link_id(const Job& job) {
    const fs::path folder = job.folder;
    std::error_code ignored;
    std::string name = job.id();
    std::ranges::replace(name, '/', '_');
    const fs::path link = folder.parent_path() / name;
    fs::remove(link, ignored);  // of an earlier job with the same id: the batch system counts anew
    fs::create_symlink(folder.filename(), link, ignored);
    return ignored ? folder.string() : link.lexically_relative(fs::current_path(ignored)).string();
}

std::string new_token() {
    constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";  // that are not mistaken for others
    std::random_device random;
    std::string token = "h";
    for (int i = 0; i < 9; ++i) token += letters[random() % letters.size()];
    return token;
}

}  // namespace hecaton::launcher::jobs
