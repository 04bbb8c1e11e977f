#include <algorithm>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton::detail {

Runner::~Runner() = default;
ItemSink::~ItemSink() = default;
Pace::~Pace() = default;

void check_records(const ChunkInput& input, std::size_t record_bytes) {
    if (input.items.size() / record_bytes != input.count || input.items.size() % record_bytes != 0)
        throw DecodeError("a chunk's items have another length than is said");
}

void report_item(ChunkOutput& output, std::span<const std::byte> value) {
    output.sink->item_done(output, value);
    output.errors.clear();
    output.times.clear();
}

std::uint64_t TimedPace::next(std::uint64_t left) {
    using namespace std::chrono_literals;
    constexpr std::uint64_t longest = 65'536;
    end_forked_copy();
    if (stop_.load(std::memory_order_relaxed)) return 0;
    if (left <= stride_) return left;  // nothing is asked after these
    const auto now = std::chrono::steady_clock::now();
    if (asked_ != std::chrono::steady_clock::time_point{}) {
        const auto took = now - asked_;
        if (took < 10us) stride_ = std::min(stride_ * 2, longest);
        if (took > 40us) stride_ = std::max<std::uint64_t>(stride_ / 4, 1);
    }
    asked_ = now;
    return std::min(stride_, left);
}

void add_current_error(Buffer& errors, std::uint64_t index) {
    Writer writer(errors);
    write(writer, current_exception_record(index, this_worker::rank()));
}

}  // namespace hecaton::detail
