#include <launcher/doctor/batch/batch_doctor.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/environment.hpp>
#include <string_view>
#include <tuple>

#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/doctor/batch/batch_trial.hpp>
#include <launcher/doctor/batch/site_checks.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/choose.hpp>
#include <launcher/jobs/config.hpp>
#include <launcher/program/find.hpp>

namespace hecaton::launcher {
namespace {

using clock = std::chrono::steady_clock;

AskedSite ask_site(const batch::Scheduler& scheduler) {
    AskedSite asked{.scheduler = scheduler.name(), .title = scheduler.title(), .cores = detail::host::cores()};
    std::vector<batch::Answer> answers;
    for (const auto& question : batch::site_questions(scheduler.name())) {
        const auto begun = clock::now();
        answers.push_back(jobs::ask(question, jobs::usual_patience));
        if (answers.size() > 1) continue;
        asked.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun);
        const auto& first = answers.front();
        if (!first.came || first.status != 0) {
            asked.trouble = jobs::said(first);
            return asked;
        }
    }
    asked.site = batch::site_in(asked.scheduler, answers);
    return asked;
}

// Modules that are loaded here, where the MPI that is found comes from one of them, as it seems.
std::vector<std::string> loaded_modules(const detail::launch::Variables& environment) {
    const auto mpirun = detail::launch::find_in_path(detail::launch::search_path(environment), "mpirun");
    const std::string_view folder = std::string_view(mpirun).substr(0, mpirun.rfind('/') + 1);
    std::vector<std::string> modules;
    if (folder.empty() || folder == "/usr/bin/" || folder == "/bin/" || folder == "/usr/local/bin/") return modules;
    std::string_view all = detail::launch::value(environment, "LOADEDMODULES");
    while (!all.empty()) {
        const auto end = std::min(all.find(':'), all.size());
        if (end > 0) modules.emplace_back(all.substr(0, end));
        all.remove_prefix(std::min(end + 1, all.size()));
    }
    return modules;
}

bool has_environment(const SubmitOptions& wishes) {
    return std::ranges::any_of(wishes.directives, [](const auto& words) { return words.starts_with("-pe "); });
}

// What the trial is to have: the command line, the files, and for the rest what the batch system has.
struct Wishes {
    SubmitOptions given = {};  // without the files, which are read again when it is submitted
    SubmitOptions all = {};
};

Wishes wishes_of(const DoctorOptions& options, const AskedSite& asked, const std::vector<std::string>& files) {
    Wishes made;
    made.given.scheduler = asked.scheduler;
    made.given.queue = options.queue;
    made.given.account = options.account;
    made.given.modules = options.modules;
    made.given.directives = options.directives;
    made.all = made.given;
    jobs::fill_in(made.all, asked.scheduler, files);
    if (made.all.modules.empty() && asked.scheduler != "local")
        made.given.modules = made.all.modules = loaded_modules(detail::launch::variables());
    if (asked.scheduler == "sge" && !has_environment(made.all))
        if (const auto* best = best_environment(asked.site, made.all.queue)) {
            made.given.directives.push_back("-pe " + best->name);
            made.all.directives.push_back("-pe " + best->name);
        }
    std::tie(made.given.nodes, made.given.ranks_per_node) = trial_layout(asked, made.all.queue);
    if (asked.scheduler == "sge" && !has_environment(made.all)) made.given.nodes = made.given.ranks_per_node = 1;
    return made;
}

}  // namespace

int batch_doctor(const DoctorOptions& options) {
    const auto environment = detail::launch::variables();
    const auto files = jobs::config_files(environment);
    const auto scheduler =
        jobs::choose_scheduler(options.scheduler.empty() ? jobs::configured_scheduler(files) : options.scheduler);
    std::string program;
    std::vector<Check> checks;
    try {
        if (!options.program.empty()) {
            program = find_program(options.program, detail::launch::search_path(environment));
            program = std::filesystem::absolute(program).lexically_normal().string();
            checks.push_back({"program", Verdict::ok, program});
        }
    } catch (const Refusal& refusal) {
        checks.push_back({"program", Verdict::bad, refusal.what(), "name a program that can be run, as ./program"});
    }
    const AskedSite asked = ask_site(*scheduler);
    const Wishes wishes = wishes_of(options, asked, files);
    const auto of_site = check_site(asked, wishes.all);
    checks.insert(checks.end(), of_site.begin(), of_site.end());
    int status = 0;
    if (nothing_bad(checks) && !options.no_trial) {
        const auto trial = try_batch(wishes.given, program, options.patience);
        checks.push_back(check_batch_trial(trial));
        if (trial.end == BatchTrial::End::interrupted) status = 128 + trial.signal;
    }
    const std::string file = configuration(asked, wishes.all);
    const std::string text =
        options.json ? as_json(checks, file) : as_table(checks) + (file.empty() ? "" : "\n") + file;
    const bool printed = print(text) == 0;
    if (status != 0) return status;
    return printed && nothing_bad(checks) ? 0 : 1;
}

}  // namespace hecaton::launcher
