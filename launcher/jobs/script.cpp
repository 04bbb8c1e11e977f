#include <launcher/jobs/script.hpp>

#include <fmt/format.h>

#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/parts.hpp>

namespace hecaton::launcher::jobs {
namespace {

// Where a batch job's shell is no login shell, it does not know the command `module`.
constexpr const char* module_lines =
    R"(for file in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh "$MODULESHOME/init/sh"; do
  command -v module >/dev/null 2>&1 && break
  [ -r "$file" ] && . "$file"
done
)";

std::string modules(const batch::Request& request) {
    if (request.modules.empty()) return {};
    std::string text = module_lines;
    for (const auto& name : request.modules) text += fmt::format("module load {} || exit 1\n", quoted(name));
    return text;
}

std::string variables(const batch::Request& request) {
    std::string text;
    for (const auto& [name, value] : request.set) text += fmt::format("export {}={}\n", name, quoted(value));
    return text;
}

// A redirection of the script itself: it is on the spot, appends when the job runs again, and is the same everywhere.
std::string redirection(const Job& job) {
    const auto file = [&](const std::string& path) {
        return job.is_array() ? quoted(path) + R"(."$HECATON_ARRAY_INDEX")" : quoted(path);
    };
    return fmt::format("exec </dev/null >>{} 2>>{}\n", file(job.output.empty() ? job.folder + "/out" : job.output),
                       file(job.folder + "/err"));
}

std::string head(const batch::Scheduler& scheduler, const batch::Request& request) {
    std::string text = "#!/bin/sh\n";
    for (const auto& line : scheduler.directives(request)) text += line + "\n";
    return text;
}

std::string index_is(const std::string& index) {
    return fmt::format("HECATON_ARRAY_INDEX={}\nexport HECATON_ARRAY_INDEX\n", index);
}

// It is known already where the task runs again by itself.
std::string index(const batch::Scheduler& scheduler, const Job& job, std::size_t part) {
    if (!job.is_array()) return {};
    if (job.parts.empty()) return index_is(fmt::format("${{HECATON_ARRAY_INDEX:-$({})}}", scheduler.array_index()));
    if (job.parts[part].alone()) return index_is(std::to_string(job.parts[part].tasks.front().first));
    return fmt::format(
               "# The batch system counts these tasks from 0; the file has a line for each of them.\n"
               "task=$({})\n",
               scheduler.array_index()) +
           index_is(fmt::format("${{HECATON_ARRAY_INDEX:-$(sed -n \"$((${{task:?}} + 1))p\" {})}}",
                                quoted(job.folder + "/" + file_of_indices(job, part)))) +
           "[ -n \"$HECATON_ARRAY_INDEX\" ] || exit 1\n";
}

}  // namespace

std::string file_of_indices(const Job& job, std::size_t part) {
    return job.parts.size() == 1 ? "indices" : fmt::format("indices.{}", part + 1);
}

std::string script_again(const batch::Scheduler& scheduler, const Job& job, const Part& again,
                         const std::string& script) {
    auto request = job.request;
    request.token = again.token;
    request.array = {};
    request.after.clear();
    const int task = again.tasks.front().first;
    return head(scheduler, request) +
           fmt::format("# Task {} of the job {}, {}, which runs again by itself, as in the array.\n", task,
                       request.name, job.request.token) +
           index_is(std::to_string(task)) + fmt::format(". {}\n", quoted(job.folder + "/" + script));
}

std::string script(const batch::Scheduler& scheduler, const Job& job, const Start& start, std::size_t part) {
    const auto request = job.parts.empty() ? job.request : request_of_part(job, part);
    std::string text = head(scheduler, request);
    text += fmt::format(
        "# The job {}, {}, submitted by hecaton. Its program and arguments are in the file \"arguments\".\n",
        request.name, request.token);
    text += index(scheduler, job, part);
    if (request.limit.count() > 0)
        text += fmt::format("HECATON_DEADLINE=$(($(date +%s) + {}))\nexport HECATON_DEADLINE\n", request.limit.count());
    text += redirection(job);
    text += modules(request);
    text += variables(request);
    text += fmt::format("cd {} || exit 1\n", quoted(request.working_folder));
    batch::Words last{start.launcher, "run"};
    last.insert(last.end(), start.run.begin(), start.run.end());
    return text + fmt::format("exec {}\n", shell_line(last));
}

}  // namespace hecaton::launcher::jobs
