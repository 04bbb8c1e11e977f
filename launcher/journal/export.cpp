#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <hecaton/foundation/log.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include <launcher/base/figures.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/journal/actions.hpp>
#include <launcher/journal/archive.hpp>

namespace hecaton::launcher {
namespace {

namespace journal = detail::journal;
using Record = nlohmann::ordered_json;

constexpr std::size_t largest_value = 64;  // bytes that are exported

Record record_of(const CallRow& call, const journal::Row& row, const std::string& build) {
    const auto& entry = row.entry;
    const char* state = !row.whole ? "damaged" : entry.failed ? "failed" : "done";
    Record value;  // null
    if (!entry.failed && row.whole && entry.value.size() <= largest_value) value = hexadecimal(entry.value);
    Record error;
    if (entry.failed) error = std::string(entry.error);
    return {{"call", call.name},
            {"number", call.number},
            {"kind", call.kind},
            {"index", entry.index},
            {"items", entry.count},
            {"state", state},
            {"rank", entry.rank},
            {"host", std::string(entry.host)},
            {"attempts", entry.attempts},
            {"started", entry.started},
            {"duration", entry.duration},
            {"error", error},
            {"build", build},
            {"size", entry.value.size()},
            {"value", value}};
}

std::string as_json(const Record& record) { return record.dump(-1, ' ', false, Record::error_handler_t::replace); }

// As in RFC 4180.
std::string csv_cell(const Record& cell) {
    if (cell.is_null()) return {};
    if (!cell.is_string()) return as_json(cell);
    const auto& text = cell.get_ref<const std::string&>();
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return quoted + "\"";
}

class Rows {
  public:
    Rows(std::ostream& to, ExportFormat format) : to_(to), format_(format) {}

    void add(const Record& record) {
        if (format_ == ExportFormat::json)
            to_ << (count_ == 0 ? "[\n" : ",\n") << as_json(record);
        else
            add_csv(record);
        ++count_;
    }
    void end() {
        if (format_ == ExportFormat::json)
            to_ << (count_ == 0 ? "[]\n" : "\n]\n");
        else if (count_ == 0)
            add_names(record_of({}, {}, {}));
        to_.flush();
    }

  private:
    void add_names(const Record& record) {
        std::string line;
        for (const auto& [name, cell] : record.items()) line += (line.empty() ? "" : ",") + name;
        to_ << line << "\n";
    }
    void add_csv(const Record& record) {
        if (count_ == 0) add_names(record);
        bool first = true;
        for (const auto& cell : record) {
            to_ << (first ? "" : ",") << csv_cell(cell);
            first = false;
        }
        to_ << "\n";
    }

    std::ostream& to_;
    const ExportFormat format_;
    std::uint64_t count_ = 0;
};

}  // namespace

int export_journal(const JournalOptions& options) {
    Archive archive(place_of_journal(options.file), Archive::Use::read);
    const auto calls = archive.all_calls(options.call);
    std::error_code none;
    if (std::filesystem::equivalent(options.output, archive.place().file, none))
        throw Refusal(wrong_command_line,
                      fmt::format("--output {}: that is the journal; name another file", options.output));
    std::ofstream file;
    if (!options.output.empty()) file.open(options.output, std::ios::trunc);
    std::ostream& to = options.output.empty() ? std::cout : file;
    const std::string where = options.output.empty() ? "standard output" : options.output;
    Rows rows(to, options.format);
    std::uint64_t damaged = 0;
    errno = 0;
    if (to) {
        for (const auto& call : calls)
            archive.entries().find(call.id, 0, UINT64_MAX, [&](const journal::Row& row) {
                if (!row.whole) ++damaged;
                rows.add(record_of(call, row, archive.calls().program(row.program).build));
            });
        rows.end();
    }
    if (!to) {
        detail::log::line(fmt::format("{}: cannot be written{}{}", where, errno != 0 ? ": " : "",
                                      errno != 0 ? std::strerror(errno) : ""));
        return 1;
    }
    if (damaged > 0)
        detail::log::line(fmt::format("{}: {} damaged; see: hecaton journal verify", options.file, damaged));
    return damaged > 0 ? 1 : 0;
}

}  // namespace hecaton::launcher
