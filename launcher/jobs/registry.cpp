#include <launcher/jobs/registry.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <hecaton/launch/environment.hpp>
#include <set>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/parts.hpp>

namespace hecaton::launcher::jobs {
namespace {

namespace fs = std::filesystem;

std::string entry(const Job& job, const std::string& id) {
    std::string name = id.empty() ? "token-" + job.request.token : fmt::format("{}-{}", job.scheduler, id);
    std::ranges::replace(name, '/', '_');
    return state_folder() + "/jobs/" + name;
}

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

struct Asked {
    std::string job;
    std::string task;
};

Asked split_task(const std::string& word) {
    if (const auto bracket = word.find('['); bracket != std::string::npos && word.ends_with(']')) {
        const std::string task = word.substr(bracket + 1, word.size() - bracket - 2);
        if (all_digits(task)) return {word.substr(0, bracket), task};
    }
    if (const auto line = word.rfind('_'); line != std::string::npos && all_digits(word.substr(line + 1)))
        return {word.substr(0, line), word.substr(line + 1)};
    return {word, {}};
}

// The id as people write it: PBS's "123.server" is also 123.
bool is_id(const std::string& id, const std::string& word) {
    if (id == word) return true;
    const auto end = id.find_first_not_of("0123456789");
    return end != std::string::npos && end > 0 && word == std::string_view(id).substr(0, end);
}

bool is_meant(const Job& job, const std::string& word, const std::string& folder) {
    const auto ids = job.all_ids();
    if (std::ranges::any_of(ids, [&](const auto& id) { return is_id(id, word); })) return true;
    if (word == job.request.name || word == job.request.token) return true;
    if (std::ranges::find(job.parts, word, &Part::token) != job.parts.end()) return true;
    if (word.starts_with(job.scheduler + "-") && is_id(job.id(), word.substr(job.scheduler.size() + 1))) return true;
    return !folder.empty() && folder == job.folder;
}

}  // namespace

std::string state_folder() {
    const auto environment = detail::launch::variables();
    const std::string set(detail::launch::value(environment, "XDG_STATE_HOME"));
    if (set.starts_with('/')) return set + "/hecaton";
    const std::string home(detail::launch::value(environment, "HOME"));
    if (home.empty())
        throw Refusal(1, "HOME is not set: there is no place to keep the list of jobs; set it, or XDG_STATE_HOME");
    return home + "/.local/state/hecaton";
}

void enter(const Job& job) {
    std::error_code problem;
    fs::create_directories(state_folder() + "/jobs", problem);
    const auto link = [&](const std::string& name) {
        std::error_code ignored;
        if (fs::read_symlink(name, ignored) == job.folder) return;
        fs::remove(name, ignored);
        fs::create_symlink(job.folder, name, problem);
        if (problem)
            throw Refusal(1, fmt::format("{} cannot be made: {}; set XDG_STATE_HOME to a folder that is yours", name,
                                         problem.message()));
    };
    for (const auto& id : job.all_ids()) link(entry(job, id));
    if (job.id().empty())
        link(entry(job, ""));
    else
        fs::remove(entry(job, ""), problem);
}

void strike(const Job& job) {
    std::error_code ignored;
    fs::remove(entry(job, ""), ignored);
    for (const auto& id : job.all_ids()) fs::remove(entry(job, id), ignored);
}

void forget(const Job& job) {
    const fs::path folder = job.folder;
    std::error_code ignored;
    strike(job);
    for (const auto& link : entries_of(folder.parent_path()))  // those that name it by its ids
        if (fs::read_symlink(link, ignored) == folder.filename()) fs::remove(link, ignored);
    fs::remove_all(folder, ignored);
    fs::remove(folder.parent_path(), ignored);  // where it is empty
}

std::vector<Job> all_jobs() {
    std::vector<Job> all;
    std::set<std::string> seen;
    for (const auto& link : entries_of(state_folder() + "/jobs")) {
        std::error_code problem;
        const auto folder = fs::canonical(link, problem);
        if (problem || !seen.insert(folder.string()).second) continue;
        if (auto job = read_job(folder.string())) all.push_back(std::move(*job));
    }
    std::ranges::stable_sort(all, {}, &Job::submitted);
    return all;
}

std::vector<Job> find_jobs(const std::vector<Job>& all, const std::string& word) {
    std::error_code problem;
    const auto path = fs::canonical(word, problem);
    const std::string folder = problem ? "" : path.string();
    std::vector<Job> found;
    std::ranges::copy_if(all, std::back_inserter(found), [&](const Job& job) { return is_meant(job, word, folder); });
    if (found.empty() && !folder.empty())
        if (auto job = read_job(folder)) found.push_back(std::move(*job));
    if (found.empty()) {
        const auto [whole, task] = split_task(word);
        if (!task.empty())
            for (auto& job : find_jobs(all, whole)) {
                if (!has_task(job, task)) continue;
                job.task = task;
                found.push_back(std::move(job));
            }
        return found;
    }
    for (auto& job : found)  // the id of a task that runs again by itself
        for (const auto& part : job.again)
            if (std::ranges::any_of(part.ids, [&](const auto& id) { return is_id(id, word); }))
                job.task = std::to_string(part.tasks.front().first);
    std::ranges::reverse(found);
    return found;
}

Job find_job(const std::vector<Job>& all, const std::string& word) {
    auto found = find_jobs(all, word);
    if (found.empty())
        throw Refusal(1,
                      fmt::format("{}: no job of that id, name or folder was submitted by hecaton here; hecaton status "
                                  "--all lists them",
                                  word));
    return std::move(found.front());
}

}  // namespace hecaton::launcher::jobs
