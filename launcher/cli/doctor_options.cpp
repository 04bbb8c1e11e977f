// The options of `hecaton doctor`.
#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* doctor_examples =
    R"(Each check says ok, or what is wrong and what mends it. Nothing is changed. Where nothing is bad, two ranks of a program of
hecaton's own are started as a trial; they use the MPI that PROGRAM is linked with. PROGRAM itself is not started.
Exit status: 0 when nothing is bad, else 1.

Examples:
  hecaton doctor                       this machine
  hecaton doctor ./square              and this program: its MPI, and the launcher for it
  hecaton doctor --hosts a,b ./square  and these machines: reachable, the same program, the same time of day
  hecaton doctor --json ./square       for another program to read
)";

std::vector<Option> options(DoctorOptions& doctor) {
    return {
        {"json", "", "Print the checks as JSON", flag(doctor.json)},
        {"hosts", "A,B", "Check these machines too", listed_hosts(doctor.hosts), {.alternative = "hostfile"}},
        {"hostfile", "FILE", "The same from a file", hosts_of_file(doctor.hosts), {.alternative = "hosts"}},
        {"ssh", "COMMAND", "The command that reaches other machines", command(doctor.ssh)},
    };
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
            .operands = [&doctor](const std::vector<std::string>& words) {
                if (words.size() > 1)
                    throw Refusal(wrong_command_line, "one program at a time; see: hecaton doctor --help");
                if (!words.empty()) doctor.program = words.front();
            }};
}

}  // namespace hecaton::launcher
