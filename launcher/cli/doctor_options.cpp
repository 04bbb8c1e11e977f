// The options of `hecaton doctor`.
#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/parser.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* see = "hecaton doctor --help";
constexpr const char* examples =
    R"(Each check says ok, or what is wrong and what mends it. Nothing is changed. Where nothing is bad, two ranks of a program of
hecaton's own are started as a trial; they use the MPI that PROGRAM is linked with. PROGRAM itself is not started.
Exit status: 0 when nothing is bad, else 1.

Examples:
  hecaton doctor                       this machine
  hecaton doctor ./square              and this program: its MPI, and the launcher for it
  hecaton doctor --hosts a,b ./square  and these machines: reachable, the same program, the same time of day
  hecaton doctor --json ./square       for another program to read
)";

}  // namespace

CommandLine parse_doctor(const std::vector<std::string>& given) {
    CLI::App app("Looks for what would keep a program from running, and says what mends it.", "hecaton doctor");
    CommandLine line;
    std::string hosts;
    std::string hostfile;
    std::string ssh;
    dress(app, "hecaton doctor [OPTIONS...] [--] [PROGRAM]", examples);
    app.add_flag("--json", line.doctor.json, "Print the checks as JSON")->envname("HECATON_JSON");
    app.add_option("--hosts", hosts, "Check these machines too")->type_name("A,B")->envname("HECATON_HOSTS");
    app.add_option("--hostfile", hostfile, "The same from a file")->type_name("FILE")->envname("HECATON_HOSTFILE");
    app.add_option("--ssh", ssh, "What reaches other machines")->type_name("COMMAND")->envname("HECATON_SSH");
    const auto words = in_our_words(app, given, see);
    const std::size_t at = program_at(app, words);
    std::vector<std::string> options(words.begin(),
                                     words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())));
    if (!options.empty() && options.back() == "--") options.pop_back();
    line.text = parse_options(app, options, see);
    if (!line.text.empty()) return line;
    line.doctor.hosts = hosts_given(app, options, hosts, hostfile);
    if (!ssh.empty()) blaming_variables(app, options, "--ssh", [&] { line.doctor.ssh = command_words("--ssh", ssh); });
    if (words.size() > at + 1) throw Refusal(wrong_command_line, "one program at a time; see: hecaton doctor --help");
    line.verb = Verb::doctor;
    if (at < words.size()) line.doctor.program = words[at];
    return line;
}

}  // namespace hecaton::launcher
