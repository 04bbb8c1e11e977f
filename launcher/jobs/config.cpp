#include <launcher/jobs/config.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <toml.hpp>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/scheduler.hpp>
#include <launcher/cli/unknown.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::launcher::jobs {
namespace {

[[noreturn]] void refuse_file(const std::string& file, const std::string& why) {
    throw Refusal(wrong_command_line, fmt::format("{}: {}", file, why));
}

std::string on_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    const auto twice = [](char one, char other) { return one == ' ' && other == ' '; };
    const auto rest = std::ranges::unique(text, twice);
    text.erase(rest.begin(), rest.end());
    return text;
}

toml::value read(const std::string& file) {
    try {
        return toml::parse(file);
    } catch (const std::exception& error) {
        refuse_file(file, on_one_line(error.what()));
    }
}

bool is_scheduler(const std::string& word) {
    const auto names = batch::scheduler_names();
    return std::ranges::find(names, word) != names.end();
}

// What one table of a file sets: of all batch systems, or of one.
struct Settings {
    SubmitOptions values = {};  // those that are not set are as they are by default
    std::optional<bool> exclusive = {};
    std::map<std::string, Settings> of_scheduler = {};
};

// `key` is for refusals: "FILE, line 3: mem".
std::string text_in(const std::string& key, const toml::value& value, const char* as = "a text, in quotes") {
    if (!value.is_string()) throw Refusal(wrong_command_line, fmt::format("{}: write {}", key, as));
    return toml::get<std::string>(value);
}

// Puts the value of a key into the settings.
using Put = std::function<void(Settings& to, const std::string& key, const toml::value& value)>;

Put text(std::string SubmitOptions::*member) {
    return [member](Settings& to, const std::string& key, const toml::value& value) {
        to.values.*member = text_in(key, value);
    };
}

Put list(std::vector<std::string> SubmitOptions::*member) {
    return [member](Settings& to, const std::string& key, const toml::value& value) {
        if (!value.is_array()) throw Refusal(wrong_command_line, key + ": write a list, as [\"gcc/12\"]");
        for (const auto& one : value.as_array()) (to.values.*member).push_back(text_in(key, one));
    };
}

Put whole_number(int SubmitOptions::*member, const char* what) {
    return [member, what](Settings& to, const std::string& key, const toml::value& value) {
        if (!value.is_integer()) throw Refusal(wrong_command_line, key + ": write a whole number, without quotes");
        to.values.*member = positive_number(key, what, std::to_string(value.as_integer()));
    };
}

const std::map<std::string, Put>& keys() {
    static const std::map<std::string, Put> all{
        {"scheduler", text(&SubmitOptions::scheduler)},
        {"queue", text(&SubmitOptions::queue)},
        {"partition", text(&SubmitOptions::queue)},
        {"account", text(&SubmitOptions::account)},
        {"qos", text(&SubmitOptions::qos)},
        {"mail", text(&SubmitOptions::mail)},
        {"modules", list(&SubmitOptions::modules)},
        {"directives", list(&SubmitOptions::directives)},
        {"nodes", whole_number(&SubmitOptions::nodes, "the number of nodes")},
        {"ranks-per-node", whole_number(&SubmitOptions::ranks_per_node, "the number of ranks")},
        {"gpus-per-rank", whole_number(&SubmitOptions::gpus_per_rank, "the number of GPUs")},
        {"threads", whole_number(&SubmitOptions::threads, "the number of threads")},
        {"time",
         [](Settings& to, const std::string& key, const toml::value& value) {
             to.values.time = duration(key, text_in(key, value, "a time in quotes, as \"1h30m\""));
         }},
        {"mem",
         [](Settings& to, const std::string& key, const toml::value& value) {
             to.values.memory = memory_size(key, text_in(key, value, "a size in quotes, as \"4G\""));
         }},
        {"exclusive",
         [](Settings& to, const std::string& key, const toml::value& value) {
             if (!value.is_boolean()) throw Refusal(wrong_command_line, key + ": write true or false");
             to.exclusive = value.as_boolean();
         }},
    };
    return all;
}

// What others call it.
std::string other_name(const std::string& key) {
    static const std::map<std::string, std::string> known{
        {"memory", "mem"},
        {"walltime", "time"},
        {"limit", "time"},
        {"gpus", "gpus-per-rank"},
        {"ntasks-per-node", "ranks-per-node"},
        {"ppn", "ranks-per-node"},
        {"project", "account"},
        {"bank", "account"},
        {"module", "modules"},
        {"directive", "directives"},
        {"environment", "env"},
        {"cpus-per-task", "threads"},
    };
    const auto found = known.find(key);
    return found == known.end() ? std::string() : found->second;
}

[[noreturn]] void refuse_key(const std::string& where, const std::string& key) {
    const auto names = batch::scheduler_names();
    std::vector<std::string> all{"env"};
    for (const auto& [name, put] : keys()) all.push_back(name);
    std::vector<std::string> tables = all;
    tables.insert(tables.end(), names.begin(), names.end());
    const std::string near = other_name(key).empty() ? nearest(key, tables) : other_name(key);
    const std::string mend = near.empty() ? fmt::format("there are {}, and a table for each batch system: {}",
                                                        fmt::join(all, ", "), fmt::join(names, ", "))
                                          : fmt::format("is it {}?", near);
    throw Refusal(wrong_command_line, fmt::format("{} is not known; {}", where, mend));
}

Settings settings(const std::string& file, const toml::value& table, bool top) {
    Settings made;
    for (const auto& [key, value] : table.as_table()) {
        const std::string where = fmt::format("{}, line {}: {}", file, value.location().line(), key);
        if (const auto known = keys().find(key); known != keys().end()) {
            known->second(made, where, value);
        } else if (key == "env" && value.is_table()) {
            for (const auto& [name, set] : value.as_table())
                made.values.set[name] =
                    text_in(fmt::format("{}, line {}: env.{}", file, set.location().line(), name), set);
        } else if (top && value.is_table() && is_scheduler(key)) {
            made.of_scheduler[key] = settings(file, value, false);
        } else {
            refuse_key(where, key);
        }
    }
    return made;
}

template <class Value>
void fill(Value& to, const Value& from) {
    if (to == Value{}) to = from;
}

template <class Value>
void put_before(std::vector<Value>& to, const std::vector<Value>& from) {
    to.insert(to.begin(), from.begin(), from.end());
}

// `to` keeps what it has. `with_layout`: nodes and ranks count.
void fill_from(SubmitOptions& to, std::optional<bool>& exclusive, const Settings& settings, bool with_layout) {
    const auto& from = settings.values;
    fill(to.queue, from.queue);
    fill(to.account, from.account);
    fill(to.qos, from.qos);
    fill(to.mail, from.mail);
    fill(to.time, from.time);
    fill(to.memory, from.memory);
    fill(to.gpus_per_rank, from.gpus_per_rank);
    fill(to.threads, from.threads);
    if (!exclusive) exclusive = settings.exclusive;
    put_before(to.modules, from.modules);
    put_before(to.directives, from.directives);
    to.set.insert(from.set.begin(), from.set.end());
    if (!with_layout) return;
    // A number of all ranks says more than what is usual: it wants fewer of them, or more nodes.
    if (to.ranks == 0 || (to.nodes == 0 && to.ranks > from.ranks_per_node))
        fill(to.ranks_per_node, from.ranks_per_node);
    if (to.ranks == 0) fill(to.nodes, from.nodes);
}

}  // namespace

std::vector<std::string> config_files(const detail::launch::Variables& environment) {
    const auto value = [&](const char* name) { return std::string(detail::launch::value(environment, name)); };
    const std::string site = value("HECATON_SITE");
    std::vector<std::string> files;
    if (!site.empty() && !exists(site)) refuse_file(site, "there is no such file (HECATON_SITE names it)");
    files.push_back(site.empty() ? "/etc/hecaton.toml" : site);
    const std::string set = value("XDG_CONFIG_HOME");
    const std::string home = value("HOME");
    if (set.starts_with('/') || !home.empty())
        files.push_back((set.starts_with('/') ? set : home + "/.config") + "/hecaton/config.toml");
    std::erase_if(files, [](const std::string& file) { return !exists(file); });
    return files;
}

std::string configured_scheduler(const std::vector<std::string>& files) {
    std::string name;
    for (const auto& file : files)
        if (const auto found = settings(file, read(file), true).values.scheduler; !found.empty()) name = found;
    return name;
}

void fill_in(SubmitOptions& options, const std::string& scheduler, const std::vector<std::string>& files) {
    std::optional<bool> exclusive;
    if (options.exclusive) exclusive = true;
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        const auto all = settings(*file, read(*file), true);
        if (const auto own = all.of_scheduler.find(scheduler); own != all.of_scheduler.end())
            fill_from(options, exclusive, own->second, true);
        fill_from(options, exclusive, all, scheduler != "local");  // others are about nodes of a cluster
    }
    options.exclusive = exclusive.value_or(false);
}

}  // namespace hecaton::launcher::jobs
