// Speaks with a batch system, or with a fake one, in the words of launcher/batch, and prints what it has understood:
//
//   batch_probe SYSTEM script FOLDER NAME TOKEN [KEY=VALUE...]   a script's first lines
//   batch_probe SYSTEM submit SCRIPT [AFTER...]    "id N", "refused: ...", or "unclear"
//   batch_probe SYSTEM list              a line for each job, or "unknown"
//   batch_probe SYSTEM one|why ID        the line of one job, or "unknown"; why it waits and what that means
//   batch_probe SYSTEM cancel|warn|requeue ID    the command's status; requeue may also print "status N" or "chain"
//   batch_probe SYSTEM task ID INDEX     the task's name
//   batch_probe SYSTEM index             prints the shell command that tells an array's task
//   batch_probe SYSTEM site              its version, queues, nodes, parallel environments and settings, a line each
//
// The commands of the batch system have BATCH_PROBE_SECONDS to answer, a minute by default.
#include <cstdio>
#include <cstdlib>
#include <hecaton/foundation/subprocess.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/scheduler.hpp>
#include <launcher/batch/site/site.hpp>

namespace {

using namespace hecaton::launcher;
using namespace hecaton::launcher::batch;

Answer ask(const Words& words) {
    const char* limit = std::getenv("BATCH_PROBE_SECONDS");
    const auto result =
        hecaton::detail::Subprocess::run({.argv = words, .errors = hecaton::detail::Subprocess::Errors::apart},
                                         std::chrono::seconds(limit ? std::stoi(limit) : 60));
    return {.came = result.problem == 0 && !result.late,
            .status = result.status,
            .output = result.output,
            .error = result.error};
}

void line(const std::string& text) { std::printf("%s\n", text.c_str()); }

void show(const View& view) {
    const auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string("-"); };
    const auto word = [](const std::string& value) { return value.empty() ? std::string("-") : value; };
    line(view.id + " task=" + word(view.task) + " name=" + word(view.name) + " token=" + word(view.token) +
         " state=" + name(view.state) + " word=" + word(view.word) + " status=" + number(view.status) +
         " run=" + std::to_string(view.run) + " nodes=" + word(view.nodes) + " reason=" + word(view.reason));
}

void show(const Site& site) {
    const auto nodes = [](const Nodes& some) {
        return std::to_string(some.count) + " nodes of " + std::to_string(some.cores.most) + " cores and " +
               std::to_string(some.memory.most) + " MiB";
    };
    line("version " + site.version);
    for (const Queue& queue : site.queues)
        line("queue " + queue.name + (queue.usual ? "*" : "") + (queue.open ? " open: " : " closed: ") +
             nodes(queue.nodes));
    line(nodes(site.nodes));
    for (const Environment& one : site.environments)
        line("environment " + one.name + " " + one.rule + (one.controls ? " controls" : ""));
    for (const Setting& setting : site.settings) line(setting.name + ": " + setting.text);
}

Request request(const Words& words) {
    Request all;
    all.folder = words.at(0);
    all.working_folder = words.at(0);
    all.name = words.at(1);
    all.token = words.at(2);
    for (std::size_t at = 3; at < words.size(); ++at) {
        const auto equals = words[at].find('=');
        const std::string key = words[at].substr(0, equals);
        const std::string value = words[at].substr(equals + 1);
        if (key == "nodes") all.nodes = std::stoi(value);
        if (key == "ranks") all.ranks_per_node = std::stoi(value);
        if (key == "limit") all.limit = std::chrono::seconds(std::stol(value));
        if (key == "queue") all.queue = value;
        if (key == "after") all.after.push_back(value);
        if (key == "last") all.array.ranges = {{0, std::stoi(value)}};
        if (key == "at_once") all.array.at_once = std::stoi(value);
        if (key == "restarts") all.restarts = std::stoi(value);
        if (key == "directive") all.directives.push_back(value);
    }
    return all;
}

int work(const Words& words) {
    const auto system = make_scheduler(words.at(0));
    const std::string& what = words.at(1);
    const Words rest(words.begin() + 2, words.end());
    if (what == "script") {
        line("#!/bin/sh");
        for (const std::string& directive : system->directives(request(rest))) line(directive);
    } else if (what == "submit") {
        Request asked;
        asked.after.assign(rest.begin() + 1, rest.end());
        const auto id = system->id(ask(system->submit(asked, rest.at(0))));
        line(id ? "id " + *id : "unclear");
    } else if (what == "list") {
        const auto views = system->views(ask(system->list()));
        if (!views) line("unknown");
        for (const View& view : views.value_or(std::vector<View>{})) show(view);
    } else if (what == "one") {
        const auto view = system->view(ask(system->one(rest.at(0))), rest.at(0));
        view ? show(*view) : line("unknown");
    } else if (what == "why") {
        View view{.id = rest.at(0), .state = State::waiting};
        view.reason = system->reason(ask(system->why(rest.at(0))));
        line(view.reason);
        line(system->explain(view));
    } else if (what == "task") {
        line(system->task_id(rest.at(0), std::stoi(rest.at(1))));
    } else if (what == "site") {
        std::vector<Answer> answers;
        for (const Words& question : site_questions(words.at(0))) answers.push_back(ask(question));
        show(site_in(words.at(0), answers));
    } else if (what == "index") {
        line(system->array_index());
    } else {
        Words command = system->cancel(rest.at(0));
        if (what == "warn") command = system->warn(rest.at(0));
        if (what == "requeue") {
            const auto how = system->requeue(rest.at(0));
            if (how.status) line("status " + std::to_string(*how.status));
            if (how.chain) line("chain");
            command = how.command;
        }
        return command.empty() ? 0 : ask(command).status;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return work(Words(argv + 1, argv + argc));
    } catch (const Refusal& refused) {
        line(std::string("refused: ") + refused.what());
        return refused.status();
    }
}
