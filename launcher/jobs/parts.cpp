#include <launcher/jobs/parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::jobs {
namespace {

using Ranges = std::vector<std::pair<int, int>>;

// The first `count` tasks, which `ranges` loses.
Ranges take(Ranges& ranges, int count) {
    Ranges taken;
    while (count > 0 && !ranges.empty()) {
        auto& [first, last] = ranges.front();
        const int end = std::min(last, first + count - 1);
        taken.emplace_back(first, end);
        count -= end - first + 1;
        first = end + 1;
        if (first > last) ranges.erase(ranges.begin());
    }
    return taken;
}

// How many of them come before that task; nothing where it is not among them.
std::optional<int> position(const Ranges& ranges, int task) {
    int before = 0;
    for (const auto& [first, last] : ranges) {
        if (task >= first && task <= last) return before + task - first;
        before += last - first + 1;
    }
    return std::nullopt;
}

}  // namespace

Division divide(const batch::Request& request, const batch::Scheduler::TakesArray& takes,
                const batch::Scheduler::ArrayLimit& limit) {
    using batch::Scheduler;
    if (request.array.ranges.empty()) return {};
    const int tasks = batch::text::tasks(request.array);
    Division made{.why = takes.why};
    if (takes.how != Scheduler::Arrays::none && limit.tasks && tasks > *limit.tasks)
        made.why = fmt::format("the site allows {} tasks", *limit.tasks);
    else if (takes.how == Scheduler::Arrays::as_asked && limit.last_index &&
             request.array.ranges.back().second > *limit.last_index)
        made.why = fmt::format("the site allows indices up to {}", *limit.last_index);
    if (made.why.empty()) return {};
    int most = takes.how == Scheduler::Arrays::none ? 1 : tasks;
    if (limit.tasks) most = std::min(most, *limit.tasks);
    if (limit.last_index) most = std::min(most, *limit.last_index + 1);
    const int parts = (tasks - 1) / most + 1;
    if (parts > most_parts)
        throw Refusal(1, fmt::format("--array: {}, so that it would be {} submissions, and {} is the most: take fewer "
                                     "tasks, or let one job work through a list",
                                     made.why, parts, most_parts));
    auto left = request.array.ranges;
    for (int i = 0; i < parts; ++i)
        made.parts.push_back({.token = i == 0 ? request.token : new_token(),
                              .tasks = take(left, tasks / parts + (i < tasks % parts ? 1 : 0)),
                              .script = parts == 1 ? "script.sh" : fmt::format("script.{}.sh", i + 1)});
    return made;
}

batch::Request request_of_part(const Job& job, std::size_t number) {
    auto request = job.request;
    const auto& part = job.parts[number];
    request.token = part.token;
    request.array.ranges.clear();
    if (!part.alone()) request.array.ranges = {{0, batch::text::tasks({.ranges = part.tasks}) - 1}};
    if (const auto most = static_cast<std::size_t>(request.array.at_once); most > 0) {
        const std::size_t side_by_side = std::min(most, job.parts.size());
        request.array.at_once =
            static_cast<int>(most / side_by_side + (number % side_by_side < most % side_by_side ? 1 : 0));
        if (number >= side_by_side)
            if (const auto before = job.parts[number - side_by_side].id(); !before.empty())
                request.after.push_back(before);
    }
    return request;
}

std::string indices(const Part& part) {
    std::string lines;
    for (const auto& [first, last] : part.tasks)
        for (int task = first; task <= last; ++task) lines += fmt::format("{}\n", task);
    return lines;
}

Place place_of(const Job& job) {
    if (job.task.empty()) return {.id = job.id()};
    const int task = std::atoi(job.task.c_str());
    for (const auto& part : job.again)
        if (has_task(part, task)) return {.id = part.id()};
    for (const auto& part : job.parts)
        if (const auto number = position(part.tasks, task))
            return {.id = part.id(), .number = part.alone() ? std::nullopt : number};
    return {.id = job.id(), .number = task};
}

std::string called(const batch::Scheduler& scheduler, const Job& job) {
    const auto place = place_of(job);
    return place.number ? scheduler.task_id(place.id, *place.number) : place.id;
}

std::vector<std::string> present_ids(const Job& job) {
    std::vector<std::string> ids;
    const auto add = [&](const std::string& id) {
        if (!id.empty()) ids.push_back(id);
    };
    if (!job.task.empty()) {
        add(place_of(job).id);
        return ids;
    }
    if (job.parts.empty()) add(job.id());
    for (const auto& part : job.parts) add(part.id());
    for (const auto& part : job.again) add(part.id());
    return ids;
}

std::vector<Job> tasks_of(const Job& job) {
    std::vector<Job> tasks;
    if (!job.is_array() || !job.task.empty()) return {job};
    for (const auto& [first, last] : job.request.array.ranges)
        for (int i = first; i <= last; ++i) {
            tasks.push_back(job);
            tasks.back().task = std::to_string(i);
        }
    return tasks;
}

bool has_task(const Job& job, const std::string& task) {
    const int number = std::atoi(task.c_str());
    return task == std::to_string(number) && position(job.request.array.ranges, number).has_value();
}

bool has_task(const Part& part, int task) { return position(part.tasks, task).has_value(); }

}  // namespace hecaton::launcher::jobs
