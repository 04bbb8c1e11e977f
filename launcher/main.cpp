// hecaton: the command line in, an exit status out.
#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <hecaton/foundation/log.hpp>

#include <launcher/base/clock.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/diary.hpp>
#include <launcher/batch/program_file.hpp>
#include <launcher/batch/words_of_job.hpp>
#include <launcher/cli/cli.hpp>
#include <launcher/deadline/job_end.hpp>
#include <launcher/doctor/batch/batch_doctor.hpp>
#include <launcher/doctor/doctor.hpp>
#include <launcher/doctor/trial_rank.hpp>
#include <launcher/hosts/agent.hpp>
#include <launcher/hosts/host_facts.hpp>
#include <launcher/hosts/ipv6_ssh.hpp>
#include <launcher/jobs/again.hpp>
#include <launcher/jobs/folder.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/journal/journal.hpp>
#include <launcher/local/commands.hpp>
#include <launcher/program/find.hpp>
#include <launcher/report/outputs.hpp>
#include <launcher/report/report.hpp>
#include <launcher/restarts.hpp>
#include <launcher/run.hpp>
#include <launcher/shim/shim.hpp>
#include <launcher/top/top.hpp>

namespace {

using namespace hecaton;

// Programs that launch themselves look for this text in the file: detail::launch::launcher_mark and the version.
[[gnu::used]] constexpr char mark[] = "the command hecaton, version " HECATON_VERSION;

// A program may be built anew between its submission and its start.
void say_changed_program(const launcher::RunOptions& options) {
    const auto job = launcher::jobs::read_job(options.job_folder);
    const bool copy = options.program.starts_with(options.job_folder + "/");
    if (!job || copy || options.restarted > 0) return;
    const auto note = launcher::batch::changed_since(job->build, job->submitted, options.program);
    if (!note.empty()) detail::log::line(note);
}

launcher::RunEnd run_once(launcher::RunOptions options, const detail::launch::Variables& environment,
                          launcher::batch::Diary& diary, const std::string& array_index) {
    if (!options.job_folder.empty()) launcher::batch::take_program(options);
    launcher::report::prepare_outputs(options, array_index);
    options.program = launcher::find_program(options.program, detail::launch::search_path(environment), options.wdir);
    if (!options.job_folder.empty()) say_changed_program(options);
    const launcher::PlanFacts facts = launcher::plan_facts(options);
    options.end = launcher::job_end(options, facts.machine, std::chrono::system_clock::now());
    if (options.end.at) diary.note_end(*options.end.at);
    std::function<void(const launcher::link::Progress&)> told;
    launcher::Watcher watcher;
    if (!options.job_folder.empty()) {
        told = [&diary](const launcher::link::Progress& p) { diary.note(p.call, p.items, p.done, p.failed); };
        watcher = {.wants = [&diary] { return diary.is_watched(); },
                   .told = [&diary](const std::string& text) { diary.note_live(text); }};
    }
    launcher::report::LauncherPart part{
        .command = options.command_line, .cores = facts.machine.cores, .start = launcher::now()};
    const launcher::RunEnd end = launcher::run(options, facts, told, watcher);
    part.end = launcher::now();
    launcher::report::make_outputs(options, end, part);
    return end;
}

int run(launcher::RunOptions options, const detail::launch::Variables& environment,
        const launcher::Restarts& restarts) {
    restarts.tell(options);
    const std::string index(detail::launch::value(environment, "HECATON_ARRAY_INDEX"));
    launcher::batch::Diary diary(options.job_folder, index, options.restarted > 0);
    // The batch system begins a run of a job when it has seen the end of the one before, on whichever node that was.
    if (!options.job_folder.empty())
        options.kept.run = fmt::format("{} {} {}", options.job_folder, index, 100 * diary.run() + options.restarted);
    try {
        launcher::refuse_one_run_more(options.job_folder);
        const launcher::RunEnd end =
            run_once(options, environment, diary, options.job_folder.empty() ? std::string() : index);
        restarts.again(options, end);
        const bool again = launcher::job_runs_again(options.job_folder, end);
        diary.ended(end, again);
        return launcher::end_of_job(options.job_folder, end, again);
    } catch (const launcher::Refusal& refusal) {
        diary.ended({.status = refusal.status(), .said = {refusal.what()}}, false);
        throw;
    }
}

int submit(launcher::SubmitOptions options, const detail::launch::Variables& environment) {
    options.program = launcher::find_program(options.program, detail::launch::search_path(environment), options.wdir);
    const auto from_variable = [&](std::string& option, const char* name) {
        if (option.empty()) option = detail::launch::value(environment, name);
    };
    from_variable(options.report, "HECATON_REPORT");
    from_variable(options.trace, "HECATON_TRACE");
    launcher::report::check_names(options.report, options.trace);
    return launcher::submit_job(options);
}

int command(const std::vector<std::string>& words, const launcher::Restarts& restarts) {
    const detail::launch::Variables environment = detail::launch::variables();
    auto line = launcher::parse(words, environment);
    switch (line.verb) {
        case launcher::Verb::run:
            line.run.command_line = words;
            line.run.command_line.insert(line.run.command_line.begin(), "hecaton");
            return run(line.run, environment, restarts);
        case launcher::Verb::doctor:
            return line.doctor.batch ? launcher::batch_doctor(line.doctor) : launcher::doctor(line.doctor);
        case launcher::Verb::submit:
            return submit(line.submit, environment);
        case launcher::Verb::status:
            return launcher::show_jobs(line.jobs);
        case launcher::Verb::logs:
            return launcher::show_logs(line.jobs);
        case launcher::Verb::wait:
            return launcher::wait_for_jobs(line.jobs);
        case launcher::Verb::cancel:
            return launcher::cancel_jobs(line.jobs);
        case launcher::Verb::journal:
            return launcher::run_journal_command(line.journal);
        case launcher::Verb::report:
            return launcher::run_report_command(line.report);
        case launcher::Verb::top:
            return launcher::show_top(line.top);
        default:
            return launcher::print(line.text);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc > 2 && std::strcmp(argv[1], launcher::shim_word) == 0) return launcher::run_shim(argv + 2);
        if (argc == 6 && std::strcmp(argv[1], launcher::host_word) == 0)
            return launcher::print(launcher::encode(launcher::host_facts(
                {.program = argv[2], .daemon = argv[3], .folder = argv[4], .libraries = argv[5]})));
        if (argc > 2 && std::strcmp(argv[1], launcher::ssh_word) == 0) return launcher::run_ssh(argv + 2);
        if (argc > 2 && std::strcmp(argv[1], launcher::agent_word) == 0) return launcher::run_agent(argv + 2);
        if (argc > 2 && std::strcmp(argv[1], launcher::shell_word) == 0) return launcher::run_shell(argv + 2);
        if (argc > 1 && std::strcmp(argv[1], launcher::trial_word) == 0)
            return launcher::run_trial_rank(argc > 2 ? argv[2] : "");
        if (argc > 2 && std::strcmp(argv[1], launcher::local_word) == 0) return launcher::run_local(argv + 2);
        return command(std::vector<std::string>(argv + (argc > 0), argv + argc), launcher::Restarts(argv));
    } catch (const launcher::Refusal& refusal) {
        detail::log::line(refusal.what());
        return refusal.status();
    } catch (const std::exception& error) {
        detail::log::line(error.what());
        return 1;
    }
}
