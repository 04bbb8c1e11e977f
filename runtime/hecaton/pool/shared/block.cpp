#include <hecaton/pool/shared/block.hpp>

namespace hecaton::detail {

std::shared_ptr<const MemoryFile> file_of(std::span<const std::byte> bytes) {
    auto file = MemoryFile::create(bytes.size());
    if (file == nullptr || !file->write(0, bytes.data(), bytes.size())) return nullptr;
    file->seal();
    return file;
}

SharedBlock::SharedBlock(Buffer bytes) : size_(bytes.size()) {
    if (size_ >= smallest_file) file_ = file_of(bytes.bytes());
    if (file_ != nullptr) return;
    const auto kept = std::make_shared<const Buffer>(std::move(bytes));
    memory_ = {kept, kept->data()};
}

}  // namespace hecaton::detail
