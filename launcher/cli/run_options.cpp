// The options of `hecaton run`.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/parser.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* usage = "hecaton run [OPTIONS...] [--] PROGRAM [ARGS...]";

constexpr const char* see = "hecaton run --help";
constexpr const char* env = "--env";

constexpr const char* examples =
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
  hecaton run -n 4 --dry-run ./square  only print the command, to be pasted into a shell

Exit status: 0 when all ranks ended well, else the first failing rank's own, 128+n when signal n ended it; 124 after
--timeout; 2 wrong command line, 126 PROGRAM cannot be executed, 127 PROGRAM not found.
)";

// The options as text, before they are judged.
struct Texts {
    std::string ranks, ranks_per_node, threads, bind, hosts, hostfile, timeout, grace, link_timeout, engine, ssh;
    std::vector<std::string> environment;
};

void add_options(CLI::App& app, Texts& texts, RunOptions& run) {
    const auto option = [&](const char* names, auto& target, const char* type, const char* help, const char* variable) {
        return app.add_option(names, target, help)->type_name(type)->envname(variable);
    };
    const auto flag = [&](const char* names, bool& target, const char* help, const char* variable) {
        app.add_flag(names, target, help)->envname(variable);
    };
    option("-n,--ranks", texts.ranks, "N", "How many ranks, as also -np N: one a core here when not given",
           "HECATON_RANKS");
    option("--ranks-per-node", texts.ranks_per_node, "N", "So many on each node", "HECATON_RANKS_PER_NODE");
    option("--threads", texts.threads, "N", "Threads of each rank: sets OMP_NUM_THREADS, and binds to so many cores",
           "HECATON_THREADS");
    option("--bind", texts.bind, "WHAT", "Bind each rank to: none, core, numa, socket", "HECATON_BIND");
    option("--hosts", texts.hosts, "A:8,B:8", "Run on these machines, with so many ranks each, over ssh",
           "HECATON_HOSTS");
    option("--hostfile", texts.hostfile, "FILE", "The same from a file: a line each, 'name slots=8'",
           "HECATON_HOSTFILE");
    option("--ssh", texts.ssh, "COMMAND", "What reaches other machines, as 'ssh -p 2222'", "HECATON_SSH");
    app.add_option(env, texts.environment,
                   "Set a variable for the ranks only; NAME alone passes on ours. In HECATON_ENV: one on each line")
        ->type_name("NAME=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->envname("HECATON_ENV");
    option("--wdir", run.wdir, "DIR", "Run there", "HECATON_WDIR");
    option("--timeout", texts.timeout, "TIME", "End the ranks after 90s, 10m, 1h30m; 0 is never", "HECATON_TIMEOUT");
    option("--grace", texts.grace, "TIME", "Between asking a rank to end and killing it (2s)", "HECATON_GRACE");
    option("--link-timeout", texts.link_timeout, "TIME", "A machine that is silent for so long is lost (10s)",
           "HECATON_LINK_TIMEOUT");
    flag("--label", run.label, "Begin each line with its rank", "HECATON_LABEL");
    flag("--timestamps", run.timestamps, "Begin each line with the time of day", "HECATON_TIMESTAMPS");
    option("--output-dir", run.output_dir, "DIR", "Also write DIR/rank.N.out and DIR/rank.N.err", "HECATON_OUTPUT_DIR");
    flag("--show-map", run.show_map, "Print which rank is where, on which cores", "HECATON_SHOW_MAP");
    option("--engine", texts.engine, "WHICH", "Start with: openmpi, hydra, srun; chosen by itself otherwise",
           "HECATON_ENGINE");
    flag("-q,--quiet", run.quiet, "Leave out remarks; errors are still said", "HECATON_QUIET");
    flag("--dry-run", run.dry_run, "Print the command that would be run, and do not run it", "HECATON_DRY_RUN");
}

// HECATON_ENV has a setting on each line; CLI11 takes a variable for one value.
std::vector<std::string> settings_in(const std::vector<std::string>& texts) {
    std::vector<std::string> found;
    for (const auto& text : texts) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            if (!line.empty()) found.push_back(line);
    }
    return found;
}

template <class T>
T one_of(const std::string& option, const std::string& text, const std::map<std::string, T>& known) {
    const auto found = known.find(text);
    if (found != known.end()) return found->second;
    std::string names;
    for (const auto& [name, value] : known) names += (names.empty() ? "" : ", ") + name;
    throw Refusal(wrong_command_line, fmt::format("{} {}: it must be one of {}", option, text, names));
}

// `words` are the options on the command line; what is not there may come from a variable.
void judge(const CLI::App& app, const std::vector<std::string>& words, const Texts& texts,
           const detail::launch::Variables& environment, RunOptions& run) {
    const auto judged = [&](const char* name, const auto& take) {
        if (app.count(name) > 0) blaming_variables(app, words, name, take);
    };
    judged("-n", [&] { run.ranks = positive_number("-n", "the number of ranks", texts.ranks); });
    judged("--ranks-per-node", [&] {
        run.ranks_per_node = positive_number("--ranks-per-node", "the number of ranks", texts.ranks_per_node);
    });
    judged("--threads", [&] { run.threads = positive_number("--threads", "the number of threads", texts.threads); });
    using detail::launch::Bind;
    judged("--bind", [&] {
        run.bind =
            one_of<Bind>("--bind", texts.bind,
                         {{"none", Bind::none}, {"core", Bind::core}, {"numa", Bind::numa}, {"socket", Bind::socket}});
    });
    run.hosts = hosts_given(app, words, texts.hosts, texts.hostfile);
    judged("--ssh", [&] { run.ssh = command_words("--ssh", texts.ssh); });
    judged(env, [&] {
        for (const auto& text : texts.environment) run.environment.push_back(setting(text, environment));
    });
    judged("--timeout", [&] { run.timeout = duration("--timeout", texts.timeout, true); });
    judged("--grace", [&] { run.grace = duration("--grace", texts.grace, true); });
    judged("--link-timeout", [&] { run.link_timeout = duration("--link-timeout", texts.link_timeout); });
    judged("--engine", [&] {
        run.engine = one_of<Engine>("--engine", texts.engine,
                                    {{"openmpi", Engine::open_mpi}, {"hydra", Engine::hydra}, {"srun", Engine::srun}});
    });
}

}  // namespace

CommandLine parse_run(const std::vector<std::string>& given, const detail::launch::Variables& environment) {
    CLI::App app("Starts ranks of a program: here, on other machines, or in the batch job that this is called from.",
                 "hecaton run");
    CommandLine line;
    Texts texts;
    dress(app, usage, examples);
    add_options(app, texts, line.run);
    const auto words = in_our_words(app, given, see);
    const std::size_t at = program_at(app, words);
    std::vector<std::string> options(words.begin(),
                                     words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())));
    if (!options.empty() && options.back() == "--") options.pop_back();
    line.text = parse_options(app, options, see);
    if (!line.text.empty()) return line;
    if (!on_line(app, options, env)) texts.environment = settings_in(texts.environment);
    judge(app, options, texts, environment, line.run);
    if (at >= words.size() || words[at].empty())
        throw Refusal(wrong_command_line, "no program to run; for example: hecaton run -n 4 ./program");
    line.verb = Verb::run;
    line.run.program = words[at];
    line.run.args.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
    return line;
}

}  // namespace hecaton::launcher
