// The options of `hecaton doctor`.
#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* doctor_examples =
    R"(Each check says ok, or what is wrong and what mends it. Nothing is changed. Where nothing is bad, two ranks of a program of
hecaton's own are started as a trial; they use the MPI that PROGRAM is linked with. PROGRAM itself is not started.

--batch asks the batch system instead: its queues, limits and settings. Its trial is a job of a minute at most, on two nodes
where there are two. Printed last is a configuration for all jobs. Options from --scheduler on are for --batch only.

Exit status: 0 when nothing is bad, else 1; 2 wrong command line.

Examples:
  hecaton doctor                       this machine
  hecaton doctor ./square              and this program: its MPI, and the launcher for it
  hecaton doctor --hosts a,b ./square  and these machines: reachable, the same program, the same time of day
  hecaton doctor --json ./square       for another program to read
  hecaton doctor --batch               on a login node: the batch system, and what to set for all jobs
  hecaton doctor --batch --queue short --patience 10m ./square
)";

std::vector<Option> options(DoctorOptions& doctor) {
    return {
        {"json", "", "Print the checks as JSON", flag(doctor.json)},
        {"hosts", "A,B", "Check these machines too", listed_hosts(doctor.hosts), {.alternative = "hostfile"}},
        {"hostfile", "FILE", "The same from a file", hosts_of_file(doctor.hosts), {.alternative = "hosts"}},
        {"ssh", "COMMAND", "The command that reaches other machines", command(doctor.ssh)},
        {"no-trial", "", "Start no ranks, and submit no job", flag(doctor.no_trial)},
        {"batch", "", "Check the batch system instead, with a trial job", flag(doctor.batch)},
        {"scheduler",
         "WHICH",
         "The batch system: slurm, pbs, torque, lsf, sge, flux, local",
         text(doctor.scheduler, ""),
         {.manual = "Chosen as by hecaton submit otherwise."}},
        {"queue", "NAME", "The queue, or partition, of the trial", text(doctor.queue, "")},
        {"account", "NAME", "The account, or project, of the trial", text(doctor.account, "")},
        {"module", "NAME", "Load that module in the trial", texts(doctor.modules), {.repeatable = true}},
        {"directive",
         "TEXT",
         "One more directive of the trial, without the mark",
         texts(doctor.directives),
         {.repeatable = true}},
        {"patience",
         "TIME",
         "How long the trial may wait in the queue (2m)",
         time_span(doctor.patience, false),
         {.manual = "It is then cancelled, and the doctor says why it waits."}},
    };
}

void check_batch_options(const DoctorOptions& doctor) {
    const DoctorOptions usual;
    if (doctor.batch && !doctor.hosts.empty())
        throw Refusal(wrong_command_line, "--batch, or --hosts: the batch system names the hosts of its jobs");
    const auto needs = [&](const char* option, bool given) {
        if (given && !doctor.batch) throw Refusal(wrong_command_line, std::string(option) + ": it needs --batch");
    };
    needs("--scheduler", !doctor.scheduler.empty());
    needs("--queue", !doctor.queue.empty());
    needs("--account", !doctor.account.empty());
    needs("--module", !doctor.modules.empty());
    needs("--directive", !doctor.directives.empty());
    needs("--patience", doctor.patience != usual.patience);
}

}  // namespace

CommandTable doctor_table(DoctorOptions& doctor) {
    return {.verb = Verb::doctor,
            .name = "doctor",
            .summary = "Look for what would keep a program from running",
            .about = "Looks for what would keep a program from running, and says what mends it.",
            .usage = "hecaton doctor [OPTIONS...] [--] [PROGRAM]",
            .footer = doctor_examples,
            .options = options(doctor),
            .operands = [&doctor](const std::vector<std::string>& words, bool /*dashes*/) {
                if (words.size() > 1)
                    throw Refusal(wrong_command_line, "one program at a time; see: hecaton doctor --help");
                if (!words.empty()) doctor.program = words.front();
                check_batch_options(doctor);
            }};
}

}  // namespace hecaton::launcher
