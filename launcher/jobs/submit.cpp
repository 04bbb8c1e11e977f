#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/vfs.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <memory>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/program_file.hpp>
#include <launcher/batch/text.hpp>
#include <launcher/batch/words_of_job.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/choose.hpp>
#include <launcher/jobs/config.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/request.hpp>
#include <launcher/jobs/script.hpp>
#include <launcher/jobs/submission.hpp>
#include <launcher/program/elf.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;
using namespace jobs;
using detail::log::line;

// The nodes of a cluster do not see such a folder.
bool only_here(const std::string& folder) {
    struct statfs facts {};
    constexpr long temporary = 0x01021994;
    constexpr long memory = static_cast<long>(0x858458f6);
    return ::statfs(folder.c_str(), &facts) == 0 && (facts.f_type == temporary || facts.f_type == memory ||
                                                     folder.starts_with("/tmp/") || folder.starts_with("/var/tmp/"));
}

// Libraries that are found where the program is ($ORIGIN) are not found where its copy is.
void say_lost_libraries(const std::string& program, const std::string& copy) {
    const auto environment = detail::launch::variables();
    const auto before = libraries(program, environment);
    const auto after = libraries(copy, environment);
    for (const auto& library : after) {
        const auto same = std::ranges::find(before, library.name, &Library::name);
        if (same == before.end() || same->path.empty() || same->path == library.path) continue;
        line(
            fmt::format("--copy-program: the copy finds {} {}, and the program finds it in {}: it is looked for "
                        "relative to the program",
                        library.name, library.path.empty() ? "nowhere" : "in " + library.path, same->path));
    }
}

Job new_job(const SubmitOptions& options, const batch::Scheduler& scheduler) {
    Job job;
    job.request = request_of(options, scheduler.name(), detail::host::cores());
    job.scheduler = scheduler.name();
    std::error_code problem;
    const auto program = options.program.find('/') == std::string::npos
                             ? options.program
                             : fs::absolute(options.program, problem).lexically_normal().string();
    job.command = {program};
    job.command.insert(job.command.end(), options.args.begin(), options.args.end());
    job.build = batch::build_of(program);
    job.submitted = now();
    if (!options.output.empty()) job.output = fs::absolute(options.output, problem).lexically_normal().string();
    job.where = job.request.queue;
    job.journal = options.journal;
    return job;
}

Start start_of(const SubmitOptions& options, const Job& job) {
    return {.launcher = detail::host::executable(), .run = run_options(options, job.request)};
}

// The ids that the user has written, or the names of jobs of ours.
void resolve_after(batch::Request& request, const std::string& scheduler) {
    const auto all = request.after.empty() ? std::vector<Job>{} : all_jobs();
    std::vector<std::string> ids;
    for (const auto& word : request.after) {
        const auto found = find_jobs(all, word);
        auto some = !found.empty() && found.front().scheduler == scheduler ? present_ids(found.front())
                                                                           : std::vector<std::string>{};
        if (some.empty()) {
            check_word("--after", word);
            some = {word};
        }
        ids.insert(ids.end(), some.begin(), some.end());
    }
    request.after = std::move(ids);
}

// An array that the batch system or the site does not take as it is becomes several submissions. Returns why.
std::string divide_array(Job& job, const batch::Scheduler& scheduler) {
    if (!job.is_array()) return {};
    const auto limit = scheduler.array_limit(ask(scheduler.array_limit(), usual_patience));
    auto division = divide(job.request, scheduler.takes_array(job.request), limit);
    job.parts = std::move(division.parts);
    return division.why;
}

// In one line.
std::string about_parts(const Job& job, const std::string& why) {
    const auto& first = job.parts.front();
    if (job.parts.size() == 1 && first.alone()) return fmt::format("the array is submitted as one job, as {}", why);
    if (job.parts.size() == 1)
        return fmt::format("the array is submitted as 0-{}, as {}; HECATON_ARRAY_INDEX is as you wrote it",
                           batch::text::tasks({.ranges = first.tasks}) - 1, why);
    constexpr std::size_t all_shown = 8;
    auto ids = present_ids(job);
    if (ids.size() > all_shown) {
        ids.erase(ids.begin() + 3, ids.end() - 1);
        ids.insert(ids.end() - 1, "...");
    }
    std::string text = fmt::format("the array is submitted in {} parts, as {}", job.parts.size(), why);
    if (!ids.empty()) text += fmt::format(": {}", fmt::join(ids, ", "));
    if (job.request.array.at_once > 0)
        text += fmt::format("; %{} is shared among them, so that fewer run where one has ended earlier",
                            job.request.array.at_once);
    return text;
}

// The script of the job, or of the part of that number, in its folder.
void write_script(const Job& job, std::size_t number, const std::string& text) {
    const std::string file = job.folder + "/" + (job.parts.empty() ? "script.sh" : job.parts[number].script);
    replace_file(file, text);
    fs::permissions(file, fs::perms::owner_exec, fs::perm_options::add);
    if (!job.parts.empty() && !job.parts[number].alone())
        replace_file(job.folder + "/" + file_of_indices(job, number), indices(job.parts[number]));
}

int show_scripts(const Job& job, const batch::Scheduler& scheduler, const Start& start, const std::string& why) {
    std::string text;
    for (std::size_t i = 0; i < std::max<std::size_t>(job.parts.size(), 1); ++i) {
        const auto request = job.parts.empty() ? job.request : request_of_part(job, i);
        const auto file = job.folder + "/" + (job.parts.empty() ? "script.sh" : job.parts[i].script);
        text += fmt::format("{}\n# submitted by: {}\n", script(scheduler, job, start, i),
                            shell_line(scheduler.submit(request, file)));
    }
    if (!job.parts.empty()) line(about_parts(job, why));
    return print(text);
}

void write_files(const Job& job, bool copy) {
    write_job(job);
    auto words = job.command;
    if (copy) {
        words.front() = batch::copy_program(words.front(), job.folder);
        say_lost_libraries(job.command.front(), words.front());
    }
    batch::write_words(job.folder, words);
    if (!job.output.empty() && !fs::is_directory(fs::path(job.output).parent_path()))
        throw Refusal(wrong_command_line,
                      fmt::format("--output {}: there is no such folder", fs::path(job.output).string()));
}

// A job that is ready to be submitted, and what it is submitted to.
struct Prepared {
    std::unique_ptr<batch::Scheduler> scheduler;
    Job job;
    SubmitOptions options;  // with those of the files
    std::string why_parts;  // why an array becomes several submissions
};

Prepared prepare(const SubmitOptions& asked) {
    Prepared ready{.scheduler = nullptr, .job = {}, .options = asked, .why_parts = {}};
    const auto files = config_files(detail::launch::variables());
    ready.scheduler = choose_scheduler(asked.scheduler.empty() ? configured_scheduler(files) : asked.scheduler);
    fill_in(ready.options, ready.scheduler->name(), files);
    ready.job = new_job(ready.options, *ready.scheduler);
    resolve_after(ready.job.request, ready.job.scheduler);
    ready.why_parts = divide_array(ready.job, *ready.scheduler);
    return ready;
}

void submit(Prepared& ready) {
    Job& job = ready.job;
    make_folder(job.request);
    job.folder = job.request.folder;
    const auto start = start_of(ready.options, job);
    try {
        write_files(job, ready.options.copy_program);
        enter(job);
    } catch (const std::exception&) {
        forget(job);
        throw;
    }
    submit_all(
        *ready.scheduler, job,
        [&](std::size_t number) { write_script(job, number, script(*ready.scheduler, job, start, number)); },
        ready.options.patience);
    if (job.scheduler != "local" && only_here(job.folder))
        line(fmt::format("the job's folder {} is on this machine only, as it seems: the nodes have to see it",
                         job.folder));
    try {
        enter(job);
    } catch (const Refusal& refusal) {  // it is in the queue all the same, with its token
        line(refusal.what());
    }
}

}  // namespace

Job jobs::submit(const SubmitOptions& options) {
    Prepared ready = prepare(options);
    launcher::submit(ready);
    return ready.job;
}

int submit_job(const SubmitOptions& asked) {
    Prepared ready = prepare(asked);
    Job& job = ready.job;
    if (asked.dry_run) {
        const auto folder = fs::current_path() / (job.request.name + ".hecaton") / job.request.token;
        job.folder = job.request.folder = folder.string();
        return show_scripts(job, *ready.scheduler, start_of(ready.options, job), ready.why_parts);
    }
    submit(ready);
    std::string link = job.folder;
    try {
        link = link_id(job);
    } catch (const Refusal& refusal) {
        line(refusal.what());
    }
    if (!job.parts.empty()) line(about_parts(job, ready.why_parts));
    const std::string where = job.where.empty() ? "" : fmt::format(", queue {}", job.where);
    print(fmt::format("submitted as {} ({}{}); its folder: {}\n", job.all_ids().front(), ready.scheduler->title(),
                      where, link));
    return asked.wait ? wait_for_jobs({.jobs = {job.request.token}}) : 0;
}

}  // namespace hecaton::launcher
