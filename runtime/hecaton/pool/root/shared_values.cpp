#include <hecaton/pool/root/shared_values.hpp>

namespace hecaton::detail {

SharedValues::SharedValues(WorkerLines& lines, const std::vector<int>& nodes, int root)
    : lines_(lines), nodes_(static_cast<std::size_t>(lines.workers()), -1) {
    if (nodes.empty()) return;
    root_node_ = nodes.at(static_cast<std::size_t>(root));
    for (int worker = 0; worker < lines_.workers(); ++worker) {
        if (lines_.is_local(worker)) continue;
        const int node = nodes.at(static_cast<std::size_t>(lines_.rank(worker)));
        nodes_[static_cast<std::size_t>(worker)] = node;
        if (node < 0) continue;
        if (peers_.size() <= static_cast<std::size_t>(node)) peers_.resize(static_cast<std::size_t>(node) + 1);
        peers_[static_cast<std::size_t>(node)].push_back(worker);
    }
}

void SharedValues::drop(std::uint64_t id, std::shared_ptr<const void> value) {
    values_.erase(id);
    dropped_.emplace_back(id, std::move(value));
}

void SharedValues::tell_drops() {
    for (; !dropped_.empty(); dropped_.pop_back()) {
        for (int worker = 0; worker < lines_.workers(); ++worker) {
            if (lines_.is_local(worker)) continue;
            lines_.add(worker, wire::DropShared{.id = dropped_.back().first});
            lines_.flush(worker);
        }
    }
}

void SharedValues::send(std::uint64_t id, const SharedBlock& block) {
    if (block.in_file()) values_[id].file = block.file();
    for (int worker = 0; worker < lines_.workers(); ++worker) {
        if (lines_.is_local(worker) || lines_.is_lost(worker)) continue;
        if (!block.in_file() || node(worker) < 0) {
            put(worker, id, block);
        } else if (node(worker) == root_node_) {
            lines_.add(worker, wire::OpenShared{.id = id, .file = block.file()->address()});
            lines_.flush(worker);
        } else if (peers(worker).front() == worker) {
            const bool for_node = peers(worker).size() > 1;
            if (for_node) values_[id].keepers.push_back(worker);
            put(worker, id, block, for_node);
        } else {  // in this order, so that a task that uses the value knows of it
            lines_.add(worker, wire::ExpectShared{.id = id});
            lines_.flush(worker);
        }
    }
}

void SharedValues::worker_lost(int worker) {
    if (lines_.is_local(worker) || node(worker) < 0) return;
    std::vector<int>& left = peers_[static_cast<std::size_t>(node(worker))];
    std::erase(left, worker);
    for (auto& [id, value] : values_) {
        if (std::erase(value.keepers, worker) == 0) continue;
        if (const auto file = value.file.lock())  // those that wait for it get copies of their own
            for (const int peer : left) put(peer, id, SharedBlock(file));
    }
}

void SharedValues::put(int worker, std::uint64_t id, const SharedBlock& block, bool for_node) {
    const bool bulk = block.size() >= wire::smallest_bulk;
    const std::shared_ptr<const std::byte> bytes = block.bytes();
    if (bulk && !lines_.out(worker).empty()) lines_.flush(worker);  // SharedLanding looks at the first record
    lines_.add(worker, wire::PutShared{
                           .for_node = for_node ? 1U : 0U, .id = id, .bytes = block.size(), .bulk = bulk ? 1U : 0U});
    if (!bulk) wire::append(lines_.out(worker), bytes.get(), block.size());
    lines_.flush(worker, bulk ? Bulk{bytes.get(), block.size(), bytes} : Bulk{});
}

void SharedValues::take(int worker, const wire::SharedAnswer& answer) {
    const auto found = values_.find(answer.id);
    if (found == values_.end()) return;
    std::erase(found->second.keepers, worker);
    const std::shared_ptr<const MemoryFile> file = found->second.file.lock();
    if (file == nullptr) return;  // being released
    if (answer.kind == wire::Kind::shared_wanted) return put(worker, answer.id, SharedBlock(file));
    for (const int peer : peers(worker)) {
        if (peer == worker) continue;
        if (answer.file.descriptor < 0) {
            put(peer, answer.id, SharedBlock(file));
        } else {
            lines_.add(peer, wire::OpenShared{.id = answer.id, .file = answer.file});
            lines_.flush(peer);
        }
    }
}

}  // namespace hecaton::detail
