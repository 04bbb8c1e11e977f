#include <launcher/batch/record.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hecaton::launcher::batch {
namespace {

using nlohmann::json;

template <class Value>
void take(const json& from, const char* key, Value& to) {
    const auto found = from.find(key);
    if (found == from.end()) return;
    if constexpr (std::is_same_v<Value, std::string>) {
        if (found->is_string()) to = found->get<std::string>();
    } else if constexpr (std::is_same_v<Value, bool>) {
        if (found->is_boolean()) to = found->get<bool>();
    } else {
        if (found->is_number()) to = found->get<Value>();
    }
}

}  // namespace

std::string encode(const Record& record) {
    json runs = json::array();
    for (const auto& run : record.runs)
        runs.push_back({{"run", run.run},
                        {"begun", run.begun},
                        {"ended", run.ended},
                        {"status", run.status},
                        {"host", run.host},
                        {"again", run.again}});
    const json object = {{"version", record.version},
                         {"run", record.run},
                         {"begun", record.begun},
                         {"alive", record.alive},
                         {"host", record.host},
                         {"pid", record.pid},
                         {"deadline", record.deadline},
                         {"limit", record.limit},
                         {"call", record.call},
                         {"done", record.done},
                         {"total", record.total},
                         {"failed", record.failed},
                         {"ended", record.ended},
                         {"status", record.status},
                         {"again", record.again},
                         {"card", record.card},
                         {"memory", record.memory},
                         {"runs", runs},
                         {"memory_host", record.memory_host},
                         {"memory_limit", record.memory_limit},
                         {"out_of_memory", record.out_of_memory}};
    return object.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

std::optional<Record> decode_record(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    Record made;
    take(object, "version", made.version);
    take(object, "run", made.run);
    take(object, "begun", made.begun);
    take(object, "alive", made.alive);
    take(object, "host", made.host);
    take(object, "pid", made.pid);
    take(object, "deadline", made.deadline);
    take(object, "limit", made.limit);
    take(object, "call", made.call);
    take(object, "done", made.done);
    take(object, "total", made.total);
    take(object, "failed", made.failed);
    take(object, "ended", made.ended);
    take(object, "status", made.status);
    take(object, "again", made.again);
    take(object, "memory", made.memory);
    take(object, "memory_host", made.memory_host);
    take(object, "memory_limit", made.memory_limit);
    take(object, "out_of_memory", made.out_of_memory);
    if (const auto card = object.find("card"); card != object.end() && card->is_array())
        for (const auto& line : *card)
            if (line.is_string()) made.card.push_back(line.get<std::string>());
    if (const auto runs = object.find("runs"); runs != object.end() && runs->is_array())
        for (const auto& one : *runs) {
            if (!one.is_object()) continue;
            auto& run = made.runs.emplace_back();
            take(one, "run", run.run);
            take(one, "begun", run.begun);
            take(one, "ended", run.ended);
            take(one, "status", run.status);
            take(one, "host", run.host);
            take(one, "again", run.again);
        }
    return made;
}

int restarts_used(const Record& record) {
    return static_cast<int>(
        std::ranges::count_if(record.runs, [](const auto& run) { return run.again || run.ended == 0; }));
}

std::string file_of_task(const std::string& kind, const std::string& index) {
    return index.empty() ? kind : kind + "." + index;
}

}  // namespace hecaton::launcher::batch
