#include <launcher/watch/item_time.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto between_item_looks = std::chrono::seconds(1);

}  // namespace

bool ItemTime::is_last(const link::Item& item) const {
    return last_.running && item.index == last_.index && item.attempt == last_.attempt && item_.task() == task_;
}

void ItemTime::look(time now) {
    next_ = now + between_item_looks;
    const link::Item item = item_.look();
    if (item.running && is_last(item)) return;
    last_ = item;
    task_ = item_.task();
    since_ = now;
}

link::Item ItemTime::item(time now) const {
    link::Item item = item_.look();
    if (!item.running || !is_last(item)) return item;
    const auto held = std::chrono::ceil<std::chrono::milliseconds>(now - since_).count();
    item.held = held > 0 ? static_cast<std::uint64_t>(held) : 1;
    return item;
}

}  // namespace hecaton::launcher
