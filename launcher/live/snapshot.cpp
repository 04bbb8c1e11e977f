#include <launcher/live/snapshot.hpp>

#include <fmt/format.h>

#include <sstream>

#include <launcher/base/json_fields.hpp>

namespace hecaton::launcher {
namespace {

// What a snapshot has besides, as texts.
struct Texts {
    std::vector<std::string> items = {};
    std::vector<std::string> calls = {};
};

constexpr auto snapshot_fields = [](auto& snapshot, auto& texts, auto& each) {
    each("pid", snapshot.pid);
    each("host", snapshot.host);
    each("command", snapshot.command);
    each("started", snapshot.started);
    each("taken", snapshot.taken);
    each("ranks", snapshot.ranks);
    each("alive", snapshot.alive);
    each("busy", snapshot.busy);
    each("items", texts.items);
    each("calls", texts.calls);
};

std::string text_of_item(const RankItem& one) {
    return fmt::format("{} {} {}", one.rank, one.host, link::encode(one.item));
}

RankItem item_of_text(const std::string& text) {
    RankItem one;
    std::istringstream words(text);
    std::string item;
    if (words >> one.rank >> one.host && std::getline(words, item)) one.item = link::decode_item(item);
    return one;
}

}  // namespace

std::string encode(const Snapshot& snapshot) {
    Texts texts;
    for (const auto& one : snapshot.items)
        if (texts.items.size() < Snapshot::most_items) texts.items.push_back(text_of_item(one));
    for (const auto& call : snapshot.calls) texts.calls.push_back(link::encode(call));
    json_fields::Writer writer;
    snapshot_fields(snapshot, texts, writer);
    return writer.text();
}

std::optional<Snapshot> decode_snapshot(const std::string& text) {
    const json_fields::Reader reader(text);
    if (!reader) return std::nullopt;
    Snapshot snapshot;
    Texts texts;
    snapshot_fields(snapshot, texts, reader);
    for (const auto& one : texts.items) snapshot.items.push_back(item_of_text(one));
    for (const auto& one : texts.calls) snapshot.calls.push_back(link::decode_call(one));
    return snapshot;
}

}  // namespace hecaton::launcher
