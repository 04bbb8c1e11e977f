// The driver's part in shared values: which rank gets the bytes, and which opens the file of a neighbour.
#include <hecaton/pool/root/driver.hpp>

namespace hecaton::detail {

void Driver::group_by_node() {
    if (setup_.nodes.empty()) return;
    for (std::size_t worker = 0; worker < slots_.size(); ++worker) {
        if (slots_[worker].rank < 0) continue;
        const int node = setup_.nodes.at(static_cast<std::size_t>(slots_[worker].rank));
        slots_[worker].node = node;
        if (node < 0) continue;
        if (mates_.size() <= static_cast<std::size_t>(node)) mates_.resize(static_cast<std::size_t>(node) + 1);
        mates_[static_cast<std::size_t>(node)].push_back(static_cast<int>(worker));
    }
}

void Driver::share(std::uint64_t id, SharedBlock block) {
    post([this, id, block = std::move(block)] { send_shared(id, block); });
}

void Driver::drop_shared(std::uint64_t id) {
    post([this, id] {
        shared_files_.erase(id);
        for (std::size_t worker = 0; worker < slots_.size(); ++worker) {
            if (slots_[worker].rank < 0) continue;
            wire::append_record(slots_[worker].out, wire::DropShared{.id = id});
            flush(static_cast<int>(worker));
        }
    });
}

void Driver::send_shared(std::uint64_t id, const SharedBlock& block) {
    if (block.in_file()) shared_files_[id] = block.file();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].rank < 0) continue;
        const int worker = static_cast<int>(i);
        const int node = block.in_file() ? slots_[i].node : -1;
        if (node >= 0 && node == setup_.nodes.at(static_cast<std::size_t>(setup_.root.rank))) {
            wire::append_record(slots_[i].out, wire::OpenShared{.id = id, .file = block.file()->address()});
            flush(worker);
        } else if (node < 0) {
            put_shared(worker, id, block);
        } else if (const auto& mates = mates_[static_cast<std::size_t>(node)]; mates.front() == worker) {
            put_shared(worker, id, block, mates.size() > 1);
        } else {  // in this order, so that a task that uses the value knows of it
            wire::append_record(slots_[i].out, wire::ExpectShared{.id = id});
            flush(worker);
        }
    }
}

void Driver::put_shared(int worker, std::uint64_t id, const SharedBlock& block, bool for_node) {
    Buffer& out = slots_[static_cast<std::size_t>(worker)].out;
    const bool bulk = block.size() >= wire::smallest_bulk;
    const std::shared_ptr<const std::byte> bytes = block.bytes();
    if (bulk && !out.empty()) flush(worker);  // SharedLanding looks at the first record
    wire::append_record(
        out, wire::PutShared{.for_node = for_node ? 1U : 0U, .id = id, .bytes = block.size(), .bulk = bulk ? 1U : 0U});
    if (!bulk) wire::append(out, bytes.get(), block.size());
    flush(worker, bulk ? Bulk{bytes.get(), block.size(), bytes} : Bulk{});
}

void Driver::shared_answer(int worker, const wire::SharedAnswer& answer) {
    const auto found = shared_files_.find(answer.id);
    if (found == shared_files_.end()) return;
    const std::shared_ptr<const MemoryFile> file = found->second.lock();
    if (file == nullptr) return;  // being released
    if (answer.kind == wire::Kind::shared_wanted) return put_shared(worker, answer.id, SharedBlock(file));
    const int node = slots_[static_cast<std::size_t>(worker)].node;
    for (const int mate : mates_[static_cast<std::size_t>(node)]) {
        if (mate == worker) continue;
        if (answer.file.descriptor < 0) {
            put_shared(mate, answer.id, SharedBlock(file));
        } else {
            wire::append_record(slots_[static_cast<std::size_t>(mate)].out,
                                wire::OpenShared{.id = answer.id, .file = answer.file});
            flush(mate);
        }
    }
}

}  // namespace hecaton::detail
