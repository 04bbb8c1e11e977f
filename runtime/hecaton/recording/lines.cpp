#include <fmt/compile.h>
#include <fmt/format.h>

#include <cmath>
#include <hecaton/recording/lines.hpp>
#include <iterator>
#include <type_traits>

namespace hecaton::detail::recording {
namespace {

// Of some lines there may be a million a second, so their numbers are not parsed for a format.
template <class Integer>
void append_integer(std::string& to, Integer value) {
    const fmt::format_int text(value);
    to.append(text.data(), text.size());
}

// The fields of a JSON object, and the line around it.
class ObjectLine {
  public:
    ObjectLine(std::string& to, std::string_view kind) : to_(to) {
        to_ += kind;
        to_ += ' ';
    }
    ~ObjectLine() { to_ += "}\n"; }
    ObjectLine(const ObjectLine&) = delete;
    ObjectLine& operator=(const ObjectLine&) = delete;

    ObjectLine& text(std::string_view name, std::string_view value) {
        key(name);
        append_json(to_, value);
        return *this;
    }
    ObjectLine& texts(std::string_view name, const std::vector<std::string>& values) {
        key(name);
        char before = '[';
        for (const std::string& value : values) {
            to_ += before;
            append_json(to_, value);
            before = ',';
        }
        to_ += values.empty() ? "[]" : "]";
        return *this;
    }
    template <class Number>
    ObjectLine& number(std::string_view name, Number value) {
        key(name);
        if constexpr (std::is_same_v<Number, bool>) {
            to_ += value ? "true" : "false";
        } else if constexpr (std::is_floating_point_v<Number>) {
            fmt::format_to(std::back_inserter(to_), FMT_COMPILE("{}"), std::isfinite(value) ? value : 0);
        } else {
            append_integer(to_, value);
        }
        return *this;
    }

  private:
    void key(std::string_view name) {
        to_ += before_;
        to_ += '"';
        to_ += name;
        to_ += "\":";
        before_ = ',';
    }

    std::string& to_;
    char before_ = '{';
};

}  // namespace

void append_begin(std::string& to, const Begin& begin) {
    to += "hecaton-recording 1\n";
    ObjectLine line(to, "begin");
    line.text("version", begin.version).text("program", begin.program).texts("arguments", begin.arguments);
    line.number("unix_time", begin.unix_time).number("origin", begin.origin).number("ranks", begin.ranks);
}

void append_rank(std::string& to, const RankLine& rank) {
    ObjectLine line(to, "rank");
    line.number("rank", rank.rank).text("host", rank.host).number("node", rank.node).number("cores", rank.cores);
    line.number("pid", rank.pid).number("offset_ns", rank.offset).number("round_trip_ns", rank.round_trip);
}

void append_call(std::string& to, const CallLine& call) {
    ObjectLine line(to, "call");
    line.number("call", call.call).text("kind", call.kind).text("name", call.name);
    line.number("items", call.items).number("time", call.time);
}

void append_ran(std::string& to, std::uint64_t call, int rank, const Piece& piece) {
    to += "ran";
    const auto number = [&to](auto value) {
        to += ' ';
        append_integer(to, value);
    };
    number(call);
    number(rank);
    number(piece.first);
    number(piece.count);
    number(piece.start);
    number(piece.duration);
    number(piece.attempt);
    to += '\n';
}

void append_lost(std::string& to, std::uint64_t call, int rank, std::uint64_t index, std::int64_t time,
                 std::uint64_t attempt) {
    fmt::format_to(std::back_inserter(to), "lost {} {} {} {} {}\n", call, rank, index, time, attempt);
}

void append_error(std::string& to, const ErrorLine& error) {
    ObjectLine line(to, "error");
    line.number("call", error.call).number("index", error.index).number("rank", error.rank);
    line.text("host", error.host).text("type", error.type).text("text", error.text);
}

void append_end_call(std::string& to, std::uint64_t call, const CallEnd& end) {
    ObjectLine line(to, "end_call");
    line.number("call", call).number("time", end.time).number("items", end.items).number("failed", end.failed);
    line.number("chunks", end.chunks).number("workers", end.workers).number("wall", end.wall);
    line.number("serial", end.serial).number("longest", end.longest).number("bytes_sent", end.bytes_sent);
    line.number("bytes_received", end.bytes_received).number("restored", end.restored).number("waited", end.waited);
    line.number("by_caller", end.by_caller).number("cut", end.cut).text("verdict", end.verdict);
}

void append_stretch(std::string& to, int rank, const Stretch& stretch) {
    if (stretch.kind == Stretch::Kind::collective) {
        fmt::format_to(std::back_inserter(to), "collective {} {} {} {} {}\n", rank, stretch.start, stretch.duration,
                       stretch.bytes, stretch.name());
        return;
    }
    fmt::format_to(std::back_inserter(to), "region {} {} {} {{\"name\":", rank, stretch.start, stretch.duration);
    append_json(to, stretch.name());
    to += "}\n";
}

void append_lost_rank(std::string& to, int rank, std::string_view host, std::int64_t time, std::string_view why) {
    ObjectLine(to, "lost_rank").number("rank", rank).text("host", host).number("time", time).text("why", why);
}

void append_end_rank(std::string& to, int rank, const Usage& usage) {
    ObjectLine line(to, "end_rank");
    line.number("rank", rank).number("cpu", usage.cpu).number("peak_bytes", usage.peak_bytes);
    line.number("time", usage.time);
}

void append_dropped(std::string& to, int rank, std::uint64_t count) {
    ObjectLine(to, "dropped").number("rank", rank).number("count", count);
}

void append_end(std::string& to, std::int64_t time, int status) {
    ObjectLine(to, "end").number("time", time).number("status", status);
}

}  // namespace hecaton::detail::recording
