// For the tests of batch systems: requests, answers, and texts that no batch system would write.
#pragma once

#include <random>
#include <string>
#include <support/catch.hpp>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::batch {

inline Request small_request() {
    Request request;
    request.name = "sweep";
    request.token = "k7x2m9q4";
    request.folder = "/home/ada/sweep.hecaton/k7x2m9q4";
    request.working_folder = "/home/ada";
    return request;
}

/// With all that a request can have; not all batch systems can do all of it.
inline Request large_request() {
    Request request = small_request();
    request.nodes = 2;
    request.ranks_per_node = 64;
    request.limit = std::chrono::hours(26) + std::chrono::minutes(30) + std::chrono::seconds(5);
    request.queue = "normal";
    request.account = "ab-123";
    request.qos = "long";
    request.memory = 4000;
    request.gpus_per_rank = 1;
    request.exclusive = true;
    request.mail = "ada@example.org";
    request.after = {"41", "42"};
    request.array = {.ranges = {{0, 9}}, .at_once = 4};
    request.restarts = 5;
    return request;
}

inline std::string script(const Words& directives) {
    std::string all;
    for (const std::string& line : directives) all += line + "\n";
    return all;
}

inline std::string command_line(const Words& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
    return all;
}

inline Answer said(const std::string& output) { return {.output = output}; }
inline Answer failed(int status, const std::string& error, const std::string& output = "") {
    return {.status = status, .output = output, .error = error};
}
inline Answer silent() { return {.came = false}; }

inline std::string refusal(const Scheduler& scheduler, const Answer& answer) {
    try {
        const auto id = scheduler.id(answer);
        return id ? "no refusal but " + *id : "no refusal, and no id";
    } catch (const Refusal& refused) {
        return refused.what();
    }
}

inline std::string refused_directives(const Scheduler& scheduler, const Request& request) {
    try {
        return "no refusal but\n" + script(scheduler.directives(request));
    } catch (const Refusal& refused) {
        return refused.what();
    }
}

/// What every batch system has to do with requests whose values are not what they should be.
inline void expect_that_it_takes_no_hostile_values(const Scheduler& scheduler) {
    for (const std::string bad :
         {"a\nrm -rf", "a b", "a;b", "$(a)", "a\"b", "a'b", "`a`", "-a", "a\\", "a\tb", "a#b"}) {
        INFO(bad);
        Request request = small_request();
        request.name = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
        request = small_request();
        request.token = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
        request = small_request();
        request.queue = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
        request = small_request();
        request.account = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
        request = small_request();
        request.mail = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
        request = small_request();
        request.after = {bad};
        CHECK_THROWS_AS((scheduler.directives(request), scheduler.submit(request, "/f/script.sh")), Refusal);
    }
    for (const std::string bad : {"/a\nb", "/a\"b", "/a'b", "/a$b", "/a`b", "/a\\b", "/a\tb"}) {
        INFO(bad);
        Request request = small_request();
        request.folder = bad;
        CHECK_THROWS_AS(scheduler.directives(request), Refusal);
    }
    Request request = small_request();
    request.directives = {"one\ntwo"};
    CHECK_THROWS_AS(scheduler.directives(request), Refusal);
    request.directives = {""};
    CHECK_THROWS_AS(scheduler.directives(request), Refusal);
    for (const std::string& line : scheduler.directives(small_request())) CHECK(line.find('\n') == std::string::npos);
}

/// Pieces of `answers` in any order, with bytes changed and ends cut off.
class Garbage {
  public:
    explicit Garbage(const Words& answers) : answers_(answers) {}
    std::size_t below(std::size_t end) { return random_() % end; }
    std::string text() {
        std::string text;
        for (std::size_t piece = 0; piece < 1 + below(3); ++piece) {
            const std::string& from = answers_[below(answers_.size())];
            const std::size_t begin = below(from.size() + 1);
            text += from.substr(begin, below(from.size() - begin + 1));
        }
        for (std::size_t change = 0; change < below(4) && !text.empty(); ++change)
            text[below(text.size())] = static_cast<char>(below(256));
        return text;
    }

  private:
    const Words& answers_;
    std::mt19937 random_{16};
};

/// No crash, and no id out of nothing.
inline void expect_that_it_survives(const Scheduler& scheduler, const Words& answers) {
    Garbage garbage(answers);
    for (int round = 0; round < 3000; ++round) {
        const std::string text = garbage.text();
        const Answer answer{.came = true, .status = static_cast<int>(garbage.below(3)), .output = text, .error = ""};
        if (const auto id = [&]() -> std::optional<std::string> {
                try {
                    return scheduler.id(answer);
                } catch (const Refusal&) {
                    return std::nullopt;
                }
            }())
            CHECK(id->find_first_of(" \t\n/;$`'\"") == std::string::npos);
        if (const auto views = scheduler.views(answer))
            for (const View& view : *views) (void)scheduler.explain(view);
        (void)scheduler.view(answer, "7");
        (void)scheduler.reason(answer);
    }
}

/// Answers after which nobody knows whether there is a job.
inline void expect_that_these_say_nothing(const Scheduler& scheduler, const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) {
        INFO(answer.status << ": " << answer.output << answer.error);
        CHECK(refusal(scheduler, answer) == "no refusal, and no id");
    }
}

}  // namespace hecaton::launcher::batch
