#include <launcher/report/trace.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <launcher/report/data/hosts.hpp>
#include <launcher/report/figures/segments.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr std::size_t full_buffer = 64 * 1024;

std::string json_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

// Microseconds, to the nanosecond.
std::string microseconds(Nanoseconds time) { return fmt::format("{}.{:03}", time / 1'000, time % 1'000); }

class TraceWriter {
  public:
    TraceWriter(const Recording& recording, const std::function<void(std::string_view)>& put)
        : put_(put), hosts_(recording), next_thread_(recording.ranks.size()) {
        text_ = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
        for (std::size_t host = 0; host < hosts_.names().size(); ++host)
            event(fmt::format("{{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":{},\"args\":{{\"name\":{}}}}}",
                              host + 1, json_text(hosts_.names()[host])));
    }

    // `what` is empty for the rank's own thread.
    void begin(const Track& track, const char* what, int place) {
        const bool own = *what == 0 && track.lane == 0;
        process_ = hosts_.of_ranks()[track.rank] + 1;
        thread_ = own ? track.rank : next_thread_++;
        std::string name = fmt::format("rank {}{}{}", track.rank, *what == 0 ? "" : " ", what);
        if (track.lane > 0) name += fmt::format(" ({})", track.lane + 1);
        metadata("thread_name", fmt::format("\"name\":{}", json_text(name)));
        metadata("thread_sort_index",
                 fmt::format("\"sort_index\":{}", 64 * std::uint64_t{track.rank} + static_cast<std::uint64_t>(place) +
                                                      3 * static_cast<std::uint64_t>(track.lane)));
    }

    void complete(const Segment& segment, const std::string& name, const char* category, const std::string& args) {
        const auto start = std::max<Nanoseconds>(0, segment.start);
        const auto end = std::max(start, segment.end);
        event(fmt::format(
            "{{\"name\":{},\"cat\":\"{}\",\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{},\"dur\":{},\"args\":"
            "{{{}}}}}",
            json_text(name), category, process_, thread_, microseconds(start), microseconds(end - start), args));
    }

    void end() {
        text_ += "\n]}\n";
        put_(text_);
    }

  private:
    void metadata(const char* name, const std::string& args) {
        event(fmt::format("{{\"name\":\"{}\",\"ph\":\"M\",\"pid\":{},\"tid\":{},\"args\":{{{}}}}}", name, process_,
                          thread_, args));
    }

    void event(const std::string& line) {
        text_ += any_ ? ",\n" : "\n";
        any_ = true;
        text_ += line;
        if (text_.size() < full_buffer) return;
        put_(text_);
        text_.clear();
    }

    const std::function<void(std::string_view)>& put_;
    Hosts hosts_;
    std::uint64_t next_thread_;
    int process_ = 0;
    std::uint64_t thread_ = 0;
    std::string text_;
    bool any_ = false;
};

std::string arguments_of(const Segment& segment) {
    std::string args = segment.items == 1 ? fmt::format("\"item\":{}", segment.first)
                                          : fmt::format("\"items\":{},\"first\":{},\"last\":{}", segment.items,
                                                        segment.first, segment.last);
    if (segment.pieces > 1)
        args += fmt::format(",\"pieces\":{},\"busy_us\":{}", segment.pieces, microseconds(segment.busy));
    if (segment.attempt > 1) args += fmt::format(",\"attempt\":{}", segment.attempt);
    if (segment.failed > 0) args += fmt::format(",\"failed\":{}", segment.failed);
    if (segment.lost) args += ",\"lost\":true";
    return args;
}

}  // namespace

void write_trace(const Recording& recording, const std::function<void(std::string_view)>& put, std::size_t most) {
    // Each thread has two events that only name it.
    const auto room = [&](std::size_t used) { return most > used ? most - used : 1; };
    const auto collectives = tracks_of_stretches(recording, false, most / 8);
    const auto regions = tracks_of_stretches(recording, true, most / 8);
    std::size_t used = recording.ranks.size() * 5 + 2;  // those, and the names of the hosts
    for (const auto* tracks : {&collectives, &regions})
        for (const auto& track : *tracks) used += track.segments.size() + 2;
    TraceWriter writer(recording, put);
    for (const auto& track : tracks_of(recording, room(used))) {
        writer.begin(track, "", 0);
        for (const auto& segment : track.segments)
            writer.complete(segment, segment.call == Segment::mixed ? "several" : recording.calls[segment.call].title(),
                            "items", arguments_of(segment));
    }
    for (const bool region : {false, true})
        for (const auto& track : region ? regions : collectives) {
            writer.begin(track, region ? "regions" : "collectives", region ? 2 : 1);
            for (const auto& segment : track.segments)
                writer.complete(segment, segment.call == Segment::mixed ? "several" : recording.names[segment.call],
                                region ? "region" : "collective",
                                region ? fmt::format("\"count\":{}", segment.items)
                                       : fmt::format("\"count\":{},\"bytes\":{}", segment.items, segment.bytes));
        }
    writer.end();
}

}  // namespace hecaton::launcher::report
