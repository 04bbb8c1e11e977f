#include <fmt/format.h>

#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <hecaton/journal/journal.hpp>

namespace hecaton::detail::journal {

namespace {

// SQLite's limit is a billion bytes a row.
constexpr std::size_t largest_value = 900'000'000;
constexpr std::size_t longest_error = 2'000;  // of its text; the error record has all of it
constexpr std::size_t longest_host = 255;

// In front of each entry; the value, the error and the host's name follow.
struct Head {
    CallNumber call;
    std::uint64_t index;
    std::uint64_t count;
    Digest item;
    double started;
    double duration;
    std::uint64_t value_size;
    std::uint32_t error_size;
    std::uint32_t host_size;
    std::int32_t rank;
    std::uint32_t attempts;
    std::uint32_t failed;
    std::uint32_t unused;
};

// Cut where a character of UTF-8 begins.
std::string_view shortened(std::string_view text, std::size_t longest) {
    if (text.size() <= longest) return text;
    while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0U) == 0x80U) --longest;
    return text.substr(0, longest);
}

}  // namespace

void Batch::add(CallNumber call, const Entry& entry) {
    if (entry.value.size() > largest_value) {
        log::line(fmt::format("item {}: its result of {} bytes is too large for the journal, and is not kept",
                              entry.index, entry.value.size()));
        return;
    }
    const std::string_view error = shortened(entry.error, longest_error);
    const std::string_view host = shortened(entry.host, longest_host);
    const Head head{call,
                    entry.index,
                    entry.count,
                    entry.item,
                    entry.started,
                    entry.duration,
                    entry.value.size(),
                    static_cast<std::uint32_t>(error.size()),
                    static_cast<std::uint32_t>(host.size()),
                    entry.rank,
                    entry.attempts,
                    entry.failed ? 1U : 0U,
                    0};
    std::byte* at = bytes_.grow_by(sizeof head + entry.value.size() + error.size() + host.size());
    const auto put = [&at](const void* bytes, std::size_t size) {
        if (size > 0) std::memcpy(at, bytes, size);
        at += size;
    };
    put(&head, sizeof head);
    put(entry.value.data(), entry.value.size());
    put(error.data(), error.size());
    put(host.data(), host.size());
    ++count_;
}

void Batch::each(const std::function<void(CallNumber, const Entry&)>& use) const {
    const std::byte* at = bytes_.data();
    const auto text = [&at](std::size_t size) {
        const std::string_view found(reinterpret_cast<const char*>(at), size);
        at += size;
        return found;
    };
    for (std::size_t i = 0; i < count_; ++i) {
        Head head{};
        std::memcpy(&head, at, sizeof head);
        at += sizeof head;
        Entry entry;
        entry.index = head.index;
        entry.count = head.count;
        entry.item = head.item;
        entry.value = {at, static_cast<std::size_t>(head.value_size)};
        at += head.value_size;
        entry.failed = head.failed != 0;
        entry.error = text(head.error_size);
        entry.host = text(head.host_size);
        entry.rank = head.rank;
        entry.attempts = head.attempts;
        entry.started = head.started;
        entry.duration = head.duration;
        use(head.call, entry);
    }
}

}  // namespace hecaton::detail::journal
