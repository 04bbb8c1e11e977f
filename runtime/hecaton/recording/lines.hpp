// The lines of a recording as text; see recording/switch.hpp. Each function appends a line.
#pragma once

#include <cstdint>
#include <hecaton/recording/events.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::recording {

/// As a JSON string. Bytes that are no UTF-8 become U+FFFD.
void append_json(std::string& to, std::string_view text);

struct Begin {
    std::string version;
    std::string program;
    std::vector<std::string> arguments;
    double unix_time = 0;
    std::int64_t origin = 0;
    int ranks = 1;
};
void append_begin(std::string& to, const Begin& begin);

struct RankLine {
    int rank = 0;
    std::string host;
    int node = -1;
    int cores = 1;
    std::int64_t pid = 0;
    std::int64_t offset = 0;      ///< ns to add to its clock
    std::int64_t round_trip = 0;  ///< ns of the exchange by which that was measured; 0: the clock is rank 0's
};
void append_rank(std::string& to, const RankLine& rank);

struct CallLine {
    std::uint64_t call = 0;
    std::string_view kind;
    std::string_view name;
    std::uint64_t items = 0;
    std::int64_t time = 0;
};
void append_call(std::string& to, const CallLine& call);

void append_ran(std::string& to, std::uint64_t call, int rank, const Piece& piece);
void append_lost(std::string& to, std::uint64_t call, int rank, std::uint64_t index, std::int64_t time,
                 std::uint64_t attempt);

struct ErrorLine {
    std::uint64_t call = 0;
    std::uint64_t index = 0;
    int rank = -1;
    std::string_view host;
    std::string_view type;
    std::string_view text;
};
void append_error(std::string& to, const ErrorLine& error);

/// As in Report.
struct CallEnd {
    std::int64_t time = 0;
    std::uint64_t items = 0;
    std::uint64_t failed = 0;
    std::uint64_t chunks = 0;
    int workers = 0;
    double wall = 0;
    double serial = 0;
    double longest = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t restored = 0;
    double waited = 0;
    std::uint64_t by_caller = 0;
    bool cut = false;  ///< it ended before all its items were run
    std::string verdict;
};
void append_end_call(std::string& to, std::uint64_t call, const CallEnd& end);

void append_stretch(std::string& to, int rank, const Stretch& stretch);
void append_lost_rank(std::string& to, int rank, std::string_view host, std::int64_t time, std::string_view why);

/// What a rank has used up to `time`.
struct Usage {
    double cpu = 0;  ///< seconds
    std::uint64_t peak_bytes = 0;
    std::int64_t time = 0;
};
void append_end_rank(std::string& to, int rank, const Usage& usage);
void append_dropped(std::string& to, int rank, std::uint64_t count);
void append_end(std::string& to, std::int64_t time, int status);

}  // namespace hecaton::detail::recording
