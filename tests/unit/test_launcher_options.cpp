// The command line and the values in it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <support/catch.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>
#include <launcher/cli/values.hpp>
#include <launcher/link/sockets.hpp>

using namespace hecaton::launcher;
using namespace std::chrono_literals;
using Hosts = std::vector<hecaton::detail::launch::Host>;

TEST_CASE("times") {
    CHECK(duration("--timeout", "90") == 90s);
    CHECK(duration("--timeout", "1.5s") == 1500ms);
    CHECK(duration("--timeout", "300ms") == 300ms);
    CHECK(duration("--timeout", "10m") == 10min);
    CHECK(duration("--timeout", "2h") == 2h);
    CHECK(duration("--timeout", "1h30m") == 90min);
    CHECK(duration("--timeout", "1d2h3m4.5s6ms") == 24h + 2h + 3min + 4506ms);
    CHECK(duration("--grace", "0", true) == 0ms);
    CHECK(duration("--grace", "0s", true) == 0ms);
    for (const char* bad : {"", "x", "-1", "0", "10y", "1 m", "nan", "inf", "1e99", "0.1ms", "1h30", "30m1h", "1m1m",
                            "1h-30m", "h", "1hm", "1:30"}) {
        INFO(bad);
        CHECK_THROWS_AS(duration("--timeout", bad), Refusal);
    }
}

TEST_CASE("hosts") {
    CHECK(host_list("a:8,b:8") == Hosts{{"a", 8}, {"b", 8}});
    CHECK(host_list("a,b,a") == Hosts{{"a", 2}, {"b", 1}});
    CHECK(host_list("a:2000000000,a:2000000000") == Hosts{{"a", 1'000'000}});
    CHECK(host_list("[fd00::2]:4,[fd00::3],a:2") == Hosts{{"fd00::2", 4}, {"fd00::3", 1}, {"a", 2}});
    for (const char* bad : {"", ",", "a:", "a:x", "a:0", "a:-1", ":3", "-oProxyCommand=x:2", "a,,b", "fd00::2",
                            "fd00::2:4", "[fd00::2", "[fd00::2]x:4", "[fd00::2]4", "[]:4"}) {
        INFO(bad);
        CHECK_THROWS_AS(host_list(bad), Refusal);
    }
    const auto file = std::filesystem::temp_directory_path() / ("hecaton-hosts-" + std::to_string(::getpid()));
    const auto read = [&](const std::string& text) {
        std::ofstream(file) << text;
        return host_file(file);
    };
    CHECK(read("# all\na slots=4\nb:2  # two\n\nc\nd 3\na slots=1\n") == Hosts{{"a", 5}, {"b", 2}, {"c", 1}, {"d", 3}});
    CHECK(read("[fd00::2]:4\n[fd00::3] slots=2\nfd00::3 1\n") == Hosts{{"fd00::2", 4}, {"fd00::3", 3}});
    CHECK_THROWS_WITH(read("a\nb slots=x\n"), ContainsSubstring("line 2"));
    CHECK_THROWS_AS(read("# nobody\n"), Refusal);
    for (const char* none : {"[] 2\n", "-x slots=2\n", "[fd00::2 slots=2\n", "a[] 2\n"}) {
        CAPTURE(none);
        CHECK_THROWS_WITH(read(none), ContainsSubstring("is no host"));
    }
    std::filesystem::remove(file);
    CHECK_THROWS_AS(host_file(file), Refusal);
}

TEST_CASE("settings and commands") {
    CHECK(setting("K=a=b", {}) == std::pair<std::string, std::string>("K", "a=b"));
    CHECK(setting("K", {{"K", "here"}}).second == "here");
    CHECK_THROWS_AS(setting("K", {}), Refusal);
    CHECK_THROWS_AS(setting("=x", {}), Refusal);
    CHECK(command_words("--ssh", "ssh  -F 'a b' \"\"") == std::vector<std::string>{"ssh", "-F", "a b", ""});
    CHECK_THROWS_AS(command_words("--ssh", "ssh 'x"), Refusal);
    CHECK_THROWS_AS(command_words("--ssh", " "), Refusal);
}

TEST_CASE("options end where the program begins") {
    const auto line =
        parse({"run", "-n", "3", "--label", "--env", "A=1", "--env", "B=2", "--timeout=10m", "prog", "-n", "9"}, {});
    CHECK(line.verb == Verb::run);
    CHECK(line.run.ranks == 3);
    CHECK(line.run.label);
    CHECK(line.run.environment.size() == 2);
    CHECK(line.run.timeout == 10min);
    CHECK(line.run.program == "prog");
    CHECK(line.run.args == std::vector<std::string>{"-n", "9"});
    CHECK(parse({"doctor", "--json", "--", "prog"}, {}).doctor.program == "prog");
    CHECK(parse({"doctor"}, {}).verb == Verb::doctor);
    CHECK_THROWS_AS(parse({"run", "--hosts", "a", "--hostfile", "b", "prog"}, {}), Refusal);
    CHECK_THROWS_AS(parse({"run", "--bind", "chair", "prog"}, {}), Refusal);
    CHECK_THROWS_AS(parse({"run", "--engine", "steam", "prog"}, {}), Refusal);
}

TEST_CASE("a variable stands for an option that is not given") {
    using Variables = hecaton::detail::launch::Variables;
    Variables ours{{"HECATON_RANKS", "5"}, {"HECATON_LABEL", "1"}, {"HECATON_HOSTS", "a:2,b"}, {"HECATON_GRACE", ""}};
    const auto line = parse({"run", "prog"}, ours);
    CHECK(line.run.ranks == 5);
    CHECK(line.run.label);
    CHECK(line.run.hosts == Hosts{{"a", 2}, {"b", 1}});
    CHECK(line.run.grace == RunOptions().grace);  // empty is not set
    CHECK(parse({"run", "-n", "2", "prog"}, ours).run.ranks == 2);
    CHECK(parse({"run", "-n2", "prog"}, ours).run.ranks == 2);
    CHECK(parse({"run", "-qn2", "prog"}, ours).run.ranks == 2);
    CHECK_FALSE(parse({"run", "--label=false", "prog"}, ours).run.label);
    ours["HECATON_HOSTFILE"] = "/nowhere";
    CHECK_THROWS_WITH(parse({"run", "prog"}, ours), ContainsSubstring("--hosts and --hostfile"));
    CHECK(parse({"run", "--hosts", "c", "prog"}, ours).run.hosts == Hosts{{"c", 1}});
    CHECK(parse({"doctor", "--hosts=c", "prog"}, ours).doctor.hosts == Hosts{{"c", 1}});
    CHECK_THROWS_WITH(parse({"run", "--hostfile", "/none", "prog"}, ours), ContainsSubstring("--hostfile /none"));
}

TEST_CASE("a refusal says whether the option is wrong, or its variable") {
    const auto refusal = [](const std::vector<std::string>& words,
                            const hecaton::detail::launch::Variables& ours) -> std::string {
        try {
            parse(words, ours);
            return "(not refused)";
        } catch (const Refusal& error) {
            CHECK(error.status() == 2);
            return error.what();
        }
    };
    const hecaton::detail::launch::Variables timeout{{"HECATON_TIMEOUT", "1x"}};
    const char* of_variable = "--timeout 1x: write a time like 90s, 10m or 1h30m (HECATON_TIMEOUT says so)";
    CHECK(refusal({"run", "prog"}, timeout) == of_variable);
    CHECK(refusal({"run", "--label", "prog", "--timeout", "1s"}, timeout) == of_variable);
    CHECK(refusal({"run", "--timeout", "0", "prog"}, timeout) == "(not refused)");
    CHECK(refusal({"run", "--timeout=2x", "prog"}, timeout) == "--timeout 2x: write a time like 90s, 10m or 1h30m");
    CHECK(refusal({"run", "-qnx", "prog"}, timeout).starts_with("-n x: the number of ranks must be a whole"));
    CHECK(refusal({"run", "--bind", "x", "prog"}, {}) == "--bind x: it must be one of core, none, numa, socket");
    CHECK(refusal({"run", "prog"}, {{"HECATON_LABEL", "maybe"}}) ==
          "--label = maybe (or its variable): write 1 or 0; see: hecaton run --help");
}

TEST_CASE("other launchers' options, and typos, are answered with ours") {
    const auto refusal = [](const std::vector<std::string>& options) -> std::string {
        std::vector<std::string> words{"run"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {"prog"});
        try {
            parse(words, {});
            return "(not refused)";
        } catch (const Refusal& error) {
            const std::string text = error.what();
            CHECK(text.ends_with("; see: hecaton run --help"));
            return text.substr(0, text.rfind(';'));
        }
    };
    CHECK(parse({"run", "-np", "3", "prog", "-np", "4"}, {}).run.ranks == 3);
    CHECK(parse({"run", "-np", "3", "prog", "-np", "4"}, {}).run.args == std::vector<std::string>{"-np", "4"});
    CHECK(parse({"run", "--wdir", "-np", "prog"}, {}).run.wdir == "-np");
    CHECK(refusal({"--np", "3"}) == "unknown option --np: write -n N");
    CHECK(refusal({"-N4"}) == "unknown option -N4: write --ranks-per-node N");
    CHECK(refusal({"-ppn", "4"}) == "unknown option -ppn: write --ranks-per-node N");
    CHECK(refusal({"--mca", "btl", "self"}) == "unknown option --mca: set the variable OMPI_MCA_NAME=VALUE");
    CHECK(refusal({"-wdir", "x"}) == "unknown option -wdir: write --wdir");
    CHECK(refusal({"-host", "a"}) == "unknown option -host: write --hosts A:8,B:8");
    CHECK(refusal({"--host=a"}) == "unknown option --host=a: write --hosts A:8,B:8");
    CHECK(refusal({"--oversubscribe"}) ==
          "unknown option --oversubscribe: leave it out, for more ranks than cores just run");
    CHECK(refusal({"--otuput-dir", "x"}) == "unknown option --otuput-dir: is it --output-dir?");
    CHECK(refusal({"--timout", "3s"}) == "unknown option --timout: is it --timeout?");
    CHECK(refusal({"--frobnicate"}) == "unknown option --frobnicate");
    CHECK(refusal({"-z"}) == "unknown option -z");
}

TEST_CASE("help, however it is asked for") {
    const auto text = parse({"run", "--help"}, {}).text;
    CHECK_THAT(text, ContainsSubstring("--ranks"));
    CHECK(parse({"help", "run"}, {}).text == text);
    CHECK(parse({"--help", "run"}, {}).text == text);
    CHECK(parse({"help"}, {}).text == parse({"--help"}, {}).text);
    CHECK(parse({"-h", "doctor"}, {}).text == parse({"doctor", "-h"}, {}).text);
    CHECK_THROWS_AS(parse({"help", "square"}, {}), Refusal);
}

TEST_CASE("HECATON_ENV holds several settings, one on each line") {
    using Settings = std::vector<std::pair<std::string, std::string>>;
    const hecaton::detail::launch::Variables ours{{"HECATON_ENV", "A=1,B=2\n\nC= x y \nHOME\n"}, {"HOME", "/home/me"}};
    CHECK(parse({"run", "prog"}, ours).run.environment ==
          Settings{{"A", "1,B=2"}, {"C", " x y "}, {"HOME", "/home/me"}});
    CHECK(parse({"run", "--env", "D=1\n2", "prog"}, ours).run.environment == Settings{{"D", "1\n2"}});
    CHECK(parse({"run", "--env=D=1\n2", "prog"}, ours).run.environment == Settings{{"D", "1\n2"}});
    CHECK(parse({"run", "--env=[A=1,B=2]", "prog"}, ours).run.environment == Settings{{"[A", "1,B=2]"}});
    CHECK(parse({"run", "prog", "--env", "D=1"}, {}).run.environment.empty());
}

TEST_CASE("each option has its own name and letter, and an alternative that has it for its own") {
    CommandLine line;
    for (const auto& table : command_tables(line, {})) {
        std::set<std::string> names{"help", "h"};
        for (const auto& option : table.options) {
            INFO(table.name << " --" << option.name);
            CHECK(names.insert(option.name).second);
            CHECK((option.more.letter == 0 || names.insert({option.more.letter}).second));
            CHECK((option.parser.flag != nullptr) == (std::string(option.value).empty()));
            CHECK((option.parser.flag != nullptr) == !option.parser.store);
            if (std::string(option.more.alternative).empty()) continue;
            const auto other = std::ranges::find(table.options, option.more.alternative, &Option::name);
            REQUIRE(other != table.options.end());
            CHECK(other->more.alternative == std::string(option.name));
        }
    }
    CHECK(variable("ranks-per-node") == "HECATON_RANKS_PER_NODE");
}

TEST_CASE("a token cannot be guessed") {
    CHECK(random_token() != random_token());
    CHECK(random_token().size() == 32);
}
