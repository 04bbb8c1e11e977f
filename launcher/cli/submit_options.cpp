// The options of `hecaton submit`.
#include <fmt/format.h>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* submit_examples =
    R"(Everything after PROGRAM belongs to the program. The job's folder, NAME.hecaton/JOB in the current folder, has its
script, its arguments, what it prints, and the record that it keeps of itself.

Examples:
  hecaton submit -N 2 --ranks-per-node 64 --time 4h ./sweep
  hecaton submit -n 16 --time 1h --journal sweep.db --restarts 5 ./sweep
                                       what does not get done in an hour runs again, five times at most
  hecaton submit -n 1 --array 0-99%10 ./simulate
                                       100 jobs, 10 at the same time; HECATON_ARRAY_INDEX is 0 to 99
  hecaton submit --dry-run -n 16 ./sweep
                                       only print the script and the command
  hecaton status; hecaton logs -f JOB; hecaton wait JOB; hecaton cancel JOB

Exit status: 0 submitted; with --wait the job's own; 1 the batch system refused it, or it is not known whether it has it;
2 wrong command line, 126 PROGRAM cannot be executed, 127 PROGRAM not found.
)";

// "0-9%4": at most 4 at the same time.
Parser array(SubmitOptions& submit) {
    return {.store = [&submit](const std::string& option, const std::string& text) {
        const auto percent = text.find('%');
        submit.array = number_list(option, "tasks", text.substr(0, percent));
        if (percent != std::string::npos)
            submit.at_once = positive_number(option, "tasks at the same time", text.substr(percent + 1));
    }};
}

Parser memory(long& to) {
    return {.store = [&to](const std::string& option, const std::string& text) { to = memory_size(option, text); }};
}

std::vector<Option> options(SubmitOptions& submit, const detail::launch::Variables& environment) {
    return {
        {"nodes",
         "N",
         "How many nodes: 1 when not given",
         number(submit.nodes, "the number of nodes"),
         {.letter = 'N'}},
        {"ranks-per-node", "N", "How many ranks on each node", number(submit.ranks_per_node, "the number of ranks")},
        {"ranks",
         "N",
         "How many ranks in all",
         number(submit.ranks, "the number of ranks"),
         {.letter = 'n', .manual = "A local job has as many as this machine has cores when nothing is said."}},
        {"time",
         "TIME",
         "The limit of its running time: 90s, 10m, 1h30m",
         time_span(submit.time, false),
         {.manual = "The queue's own when not given. Pools stop in time, and keep what is done."}},
        {"name", "NAME", "The job's name: that of the program when not given", text(submit.name, "")},
        {"journal", "FILE", "Keep finished results there: a run that follows computes the rest",
         text(submit.journal, "file")},
        {"report",
         "FILE",
         "Make a page of what ran where: FILE.html",
         text(submit.report, "file"),
         {.manual = "As with run. Of an array, the task's number is put in front of the end: run.7.html."}},
        {"trace", "FILE", "The same as a trace (.json) or a table (.csv)", text(submit.trace, "file")},
        {"restarts",
         "N",
         "Run it again where its time was too short, so many times",
         number(submit.restarts, "the number of restarts"),
         {.manual = "That is where it ends with status 75, as pools do; with --journal the rest is computed."}},
        {"queue", "NAME", "The queue", text(submit.queue, ""), {.alternative = "partition"}},
        {"partition", "NAME", "The same", text(submit.queue, ""), {.alternative = "queue"}},
        {"account", "NAME", "The account, or project, that pays", text(submit.account, "")},
        {"qos", "NAME", "The quality of service", text(submit.qos, "")},
        {"mem", "SIZE", "Memory on each node: 512M, 4G", memory(submit.memory)},
        {"gpus-per-rank", "N", "GPUs for each rank", number(submit.gpus_per_rank, "the number of GPUs")},
        {"threads", "N", "Threads of each rank", number(submit.threads, "the number of threads")},
        {"exclusive", "", "Share the nodes with no other job", flag(submit.exclusive)},
        {"after",
         "JOB",
         "Begin when this job has ended, however that was",
         texts(submit.after),
         {.manual = "It may be given several times.", .repeatable = true}},
        {"array", "0-9%4", "A job for each number, here 4 at the same time", array(submit)},
        {"output",
         "FILE",
         "Standard output goes there, and not into the job's folder",
         text(submit.output, "file"),
         {.manual = "It is appended. Of an array, the task's number is put behind it."}},
        {"mail", "ADDRESS", "The batch system sends mail when it begins and ends", text(submit.mail, "")},
        {"module",
         "NAME",
         "Load that module in the job",
         texts(submit.modules),
         {.manual = "It may be given several times.", .repeatable = true}},
        {"directive",
         "TEXT",
         "One more directive, without the mark: '--constraint=ib'",
         texts(submit.directives),
         {.manual = "It may be given several times.", .repeatable = true}},
        {"env",
         "NAME=VALUE",
         "Set a variable for the ranks only",
         setting_of(submit.environment, environment),
         {.manual = "NAME alone passes on ours. It may be given several times.", .repeatable = true}},
        {"wdir", "DIR", "Run there: here when not given", text(submit.wdir, "directory")},
        {"copy-program",
         "",
         "Run a copy of the program as it is now",
         flag(submit.copy_program),
         {.manual = "It is kept in the job's folder, without its libraries, and used by all runs of the job."}},
        {"label", "", "Begin each line of the log with its rank", flag(submit.label)},
        {"scheduler",
         "WHICH",
         "The batch system: slurm, pbs, torque, lsf, sge, flux, local",
         text(submit.scheduler, ""),
         {.manual = "Chosen by itself otherwise: local, a background job on this machine, where no other is there."}},
        {"patience",
         "TIME",
         "How long the batch system may take to answer (5m)",
         time_span(submit.patience, false),
         {.manual = "Its command is then ended, and the queue is searched for the job; nothing is submitted twice."}},
        {"wait", "", "Wait for its end, and return its status", flag(submit.wait)},
        {"dry-run", "", "Print the script and the command, and do not submit it", flag(submit.dry_run)},
    };
}

}  // namespace

CommandTable submit_table(SubmitOptions& submit, const detail::launch::Variables& environment) {
    return {.verb = Verb::submit,
            .name = "submit",
            .summary = "Submit a program as a batch job",
            .about = "Submits a program as a job of the batch system that is here; without one, as a background job.",
            .usage = "hecaton submit [OPTIONS...] [--] PROGRAM [ARGS...]",
            .footer = submit_examples,
            .options = options(submit, environment),
            .operands =
                [&submit](const std::vector<std::string>& words, bool /*dashes*/) {
                    if (words.empty() || words.front().empty())
                        throw Refusal(wrong_command_line,
                                      "no program to submit; for example: hecaton submit -n 4 --time 1h ./program");
                    submit.program = words.front();
                    submit.args.assign(words.begin() + 1, words.end());
                },
            .variables = false};  // HECATON_NODES and others tell ranks of a job about that
}

}  // namespace hecaton::launcher
