// The options of `hecaton run`.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* run_examples =
    R"(Everything after PROGRAM belongs to the program, options too. Each option has a variable HECATON_NAME that stands for it
when it is not given: HECATON_LABEL=1 is --label, HECATON_OUTPUT_DIR=logs is --output-dir logs.

Examples:
  hecaton run -n 4 ./square            4 ranks of ./square, here
  hecaton run ./square                 as many ranks as there are cores; in a batch job, as it has slots
  hecaton run -n 2 ./sum --fast a b    ./sum gets: --fast a b
  hecaton run -n 2 -- ./sum            -- ends hecaton's own options
  hecaton run -n 2 ./sum < numbers     rank 0 reads standard input
  hecaton run -n 3 hostname            any program, with MPI or without
  hecaton run --hosts a:8,b:8 ./sum    16 ranks on two machines, over ssh
  hecaton run -n 4 --threads 8 ./heat  OMP_NUM_THREADS=8, and 8 cores for each rank
  hecaton run -n 4 --label --output-dir logs --timeout 10m --env LEVEL=3 --wdir data ./sum
  hecaton run --progress ./sweep       how far its calls are, and how long the rest takes
  hecaton run --report run.html ./sum  a picture of what ran where, and what ranks waited for
  hecaton run -n 4 --dry-run ./square  only print the command, to be pasted into a shell

Exit status: 0 when all ranks ended well, else the first failing rank's own, 128+n when signal n ended it; 75 out of time,
run it again; 124 after --timeout; 2 wrong command line, 126 PROGRAM cannot be executed, 127 PROGRAM not found.
)";

std::vector<Option> options(RunOptions& run, const detail::launch::Variables& environment) {
    using detail::launch::Bind;
    return {
        {"ranks",
         "N",
         "How many ranks, as also -np N: one a core here when not given",
         number(run.ranks, "the number of ranks"),
         {.letter = 'n', .manual = "In a batch job, or on the machines of --hosts: as many as they have slots."}},
        {"ranks-per-node", "N", "How many ranks on each node", number(run.ranks_per_node, "the number of ranks")},
        {"threads",
         "N",
         "Threads of each rank: sets OMP_NUM_THREADS, and binds to N cores",
         number(run.threads, "the number of threads"),
         {.manual = "It binds only where there are enough cores, and N is more than 1."}},
        {"bind",
         "WHAT",
         "Bind each rank to: none, core, numa, socket",
         one_of<Bind>(run.bind,
                      {{"none", Bind::none}, {"core", Bind::core}, {"numa", Bind::numa}, {"socket", Bind::socket}}),
         {.manual = "When not given, and without --threads, to none."}},
        {"gpus-per-rank",
         "N",
         "Each rank sees N GPUs of its own, with CUDA, ROCm or oneAPI",
         number(run.gpus_per_rank, "the number of GPUs"),
         {.manual = "Of those that the scheduler gave, or that the machine has; \\-\\-show-map shows which."}},
        {"hosts",
         "A:8,B:8",
         "Run on these machines over ssh: 8 ranks on A, 8 on B",
         listed_hosts(run.hosts),
         {.alternative = "hostfile"}},
        {"hostfile",
         "FILE",
         "The same from a file: a line each, 'name slots=8'",
         hosts_of_file(run.hosts),
         {.manual = "A line may also be 'name:8' or 'name'; # begins a comment.", .alternative = "hosts"}},
        {"ssh", "COMMAND", "The command that reaches other machines, as 'ssh -p 2222'", command(run.ssh)},
        {"env",
         "NAME=VALUE",
         "Set a variable for the ranks only; NAME alone passes on ours. In HECATON_ENV: one on each line",
         setting_of(run.environment, environment),
         {.manual = "It may be given several times.", .repeatable = true}},
        {"wdir", "DIR", "Run there", text(run.wdir, "directory")},
        {"timeout",
         "TIME",
         "End the ranks after 90s, 10m, 1h30m; 0 is never",
         time_span(run.timeout),
         {.manual = "The exit status is then 124."}},
        {"time",
         "TIME",
         "The time that there is, as 55m: pools stop and keep what is done, and the status is 75",
         time_span(run.limits.time),
         {.manual =
              "In a batch job, its end where the batch system tells it; 0 is without end. SIGUSR2 says that it is "
              "over now. What still runs then is ended: docs/survival.md."}},
        {"rehearse-deadline", "TIME", "As if the time were over so soon, whatever else says",
         time_span(run.limits.rehearsal, false)},
        {"grace", "TIME", "Between asking a rank to end and killing it (2s)", time_span(run.grace)},
        {"link-timeout", "TIME", "A machine that is silent for this long is lost (10s)",
         time_span(run.link_timeout, false)},
        {"label",
         "",
         "Begin each line with its rank",
         flag(run.label),
         {.manual = "On a terminal the label has a colour."}},
        {"timestamps", "", "Begin each line with the time of day", flag(run.timestamps)},
        {"output-dir",
         "DIR",
         "Also write DIR/rank.N.out and DIR/rank.N.err",
         text(run.output_dir, "directory"),
         {.manual = "They hold what rank N prints."}},
        {"show-map", "", "Print which rank is where, on which cores and GPUs", flag(run.show_map)},
        {"progress",
         "",
         "Show how far the calls of pools are, and how long the rest takes",
         flag(run.progress),
         {.manual = "In one line of a terminal, below all output; elsewhere in a line at growing intervals."}},
        {"journal",
         "FILE",
         "Keep finished results there: a program that is started again computes the rest",
         text(run.kept.journal, "file"),
         {.manual = "For programs that use a hecaton pool. hecaton journal shows what is in it."}},
        {"journal-accept-program", "", "Results of another build of the program count", flag(run.kept.accept_program)},
        {"journal-keep-errors", "", "Items that failed are not run again", flag(run.kept.keep_errors)},
        {"journal-durability", "WHAT", "What results survive: process, power; the latter is slower",
         one_of<bool>(run.kept.power, {{"process", false}, {"power", true}})},
        {"restarts",
         "N",
         "Start the job again after the death of a rank, so many times",
         number(run.restarts, "the number of restarts"),
         {.manual = "Not after an error of the program itself. With --journal, only what is missing runs again."}},
        {"report",
         "FILE",
         "Make a page of what ran where: FILE.html, one file that needs no other",
         text(run.report, "file"),
         {.manual =
              "For programs that use hecaton; docs/report.md explains it. The status of the run stays as it is."}},
        {"trace", "FILE", "The same as a trace for Perfetto (.json), or as a table with a line an item (.csv)",
         text(run.trace, "file")},
        {"engine", "WHICH", "Start with: openmpi, hydra, srun; chosen by itself otherwise",
         one_of<Engine>(run.engine, {{"openmpi", Engine::open_mpi}, {"hydra", Engine::hydra}, {"srun", Engine::srun}})},
        {"job-folder",
         "DIR",
         "The folder of the batch job that this is: the program is named there",
         text(run.job_folder, "directory"),
         {.manual = "hecaton submit makes the folder, and the script that says this."}},
        {"quiet",
         "",
         "Leave out remarks; errors are still said",
         flag(run.quiet),
         {.letter = 'q', .manual = "A remark is for example that ranks share cores."}},
        {"dry-run",
         "",
         "Print the command that would be run, and do not run it",
         flag(run.dry_run),
         {.manual = "It can be pasted into a shell."}},
    };
}

// mpirun's "a : -n 2 b" puts two programs into one world.
void refuse_second_program(const std::vector<std::string>& args) {
    constexpr std::array counts{"-n", "-np", "--n", "--np", "-c"};
    for (std::size_t i = 0; i + 2 < args.size(); ++i)
        if (args[i] == ":" && std::ranges::count(counts, args[i + 1]) > 0)
            throw Refusal(
                wrong_command_line,
                fmt::format(
                    "\": {} {}\" after the program: hecaton run starts one program on all ranks; several "
                    "programs in one world need mpirun itself; -- in front of the program makes these its arguments",
                    args[i + 1], args[i + 2]));
}

}  // namespace

CommandTable run_table(RunOptions& run, const detail::launch::Variables& environment) {
    return {
        .verb = Verb::run,
        .name = "run",
        .summary = "Start ranks of a program",
        .about = "Starts ranks of a program: here, on other machines, or in the batch job that this is called from.",
        .usage = "hecaton run [OPTIONS...] [--] PROGRAM [ARGS...]",
        .footer = run_examples,
        .options = options(run, environment),
        .operands = [&run](const std::vector<std::string>& words, bool dashes) {
            if (words.empty() && !run.job_folder.empty()) return;  // they are there
            if (words.empty() || words.front().empty())
                throw Refusal(wrong_command_line, "no program to run; for example: hecaton run -n 4 ./program");
            run.program = words.front();
            run.args.assign(words.begin() + 1, words.end());
            if (!dashes) refuse_second_program(run.args);
        }};
}

}  // namespace hecaton::launcher
