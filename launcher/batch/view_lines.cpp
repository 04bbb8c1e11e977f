#include <launcher/batch/view_lines.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hecaton::launcher::batch {

using nlohmann::json;

std::string view_line(const View& view) {
    json object = {{"id", view.id},         {"task", view.task},         {"name", view.name},
                   {"token", view.token},   {"state", name(view.state)}, {"word", view.word},
                   {"reason", view.reason}, {"nodes", view.nodes},       {"run", view.run}};
    if (view.out_of_memory) object["out_of_memory"] = true;
    if (view.memory > 0) object["memory"] = view.memory;
    if (view.memory_limit > 0) object["memory_limit"] = view.memory_limit;
    if (view.status) object["status"] = *view.status;
    if (view.elapsed) object["elapsed"] = *view.elapsed;
    if (view.left) object["left"] = *view.left;
    return object.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

std::vector<View> views_in(const std::string& text) {
    std::vector<View> views;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const json object = json::parse(text.substr(at, end - at), nullptr, false);
        at = end + 1;
        if (!object.is_object()) continue;
        View& view = views.emplace_back();
        const auto word = [&](const char* key) {
            const auto found = object.find(key);
            return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        const auto number = [&](const char* key) -> std::optional<long> {
            const auto found = object.find(key);
            if (found == object.end() || !found->is_number_integer()) return std::nullopt;
            return found->get<long>();
        };
        view.id = word("id");
        view.task = word("task");
        view.name = word("name");
        view.token = word("token");
        view.word = word("word");
        const std::string state_name = word("state");
        view.reason = word("reason");
        view.nodes = word("nodes");
        for (const State state : {State::waiting, State::held, State::running, State::suspended, State::done,
                                  State::failed, State::cancelled, State::timed_out, State::lost})
            if (name(state) == state_name) view.state = state;
        if (const auto status = number("status")) view.status = static_cast<int>(*status);
        view.elapsed = number("elapsed");
        view.left = number("left");
        view.out_of_memory = object.value("out_of_memory", json()) == json(true);
        view.memory = static_cast<std::uint64_t>(std::max(0L, number("memory").value_or(0)));
        view.memory_limit = static_cast<std::uint64_t>(std::max(0L, number("memory_limit").value_or(0)));
        view.run = static_cast<int>(number("run").value_or(0));
    }
    return views;
}

}  // namespace hecaton::launcher::batch
