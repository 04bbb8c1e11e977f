// How a broadcast value lies in its block, and how a value comes from a block.
//
// A trivially copyable value is used where it lies. A vector of such values is an array, in a file at the offset that
// its storage has in a page, so that it can take in the file's pages (page_adoption.hpp). Everything else is encoded,
// and each rank that uses it decodes its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/codec.hpp>
#include <hecaton/pool/shared/block.hpp>
#include <hecaton/pool/shared/page_adoption.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// A value that is being broadcast: what the others get, and the root's own.
struct NewShared {
    SharedBlock block;
    std::shared_ptr<const void> value;
};

template <class T>
inline constexpr bool is_shared_array = false;
template <class T>
inline constexpr bool is_shared_array<std::vector<T>> =
    TravelsAsBytes<T> && !std::is_same_v<T, bool> && alignof(T) <= 1024;

/// Of elements that are written to a file, or copied, at once.
template <class T>
inline constexpr std::size_t elements_a_piece = std::max<std::size_t>(1, PageAdoption::piece / sizeof(T));

template <class T>
bool write_elements(MemoryFile& file, std::size_t at, const T* values, std::size_t count) {
    if constexpr (!may_have_padding<T>) {
        return file.write(at, values, count * sizeof(T));
    } else {
        Buffer cleared(count * sizeof(T));
        copy_without_padding(cleared.data(), values, count);
        return file.write(at, cleared.data(), cleared.size());
    }
}

// ---- arrays ----

template <class T>
inline constexpr std::size_t array_offset = PageAdoption::array_offset(alignof(T));

/// The number of elements in an array's block. Throws DecodeError for a block that is none.
template <class T>
std::size_t elements_in(const SharedBlock& block) {
    if (block.size() < array_offset<T> || (block.size() - array_offset<T>) % sizeof(T) != 0)
        throw DecodeError("a shared array does not have the size of its elements");
    return (block.size() - array_offset<T>) / sizeof(T);
}

/// Writes the file of an array, and gives the pages of `values` back meanwhile where `adoption` is there.
template <class T>
bool write_array(MemoryFile& file, const std::vector<T>& values, std::optional<PageAdoption>& adoption) {
    for (std::size_t at = 0; at < values.size();) {
        const std::size_t count = std::min(elements_a_piece<T>, values.size() - at);
        if (!write_elements(file, array_offset<T> + at * sizeof(T), values.data() + at, count)) return false;
        at += count;
        if (adoption) adoption->extend_to(at * sizeof(T));
    }
    file.seal();
    return true;
}

template <class T>
void append_elements(std::vector<T>& values, const T* from, std::size_t count) {
    if constexpr (std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T>) {
        values.insert(values.end(), from, from + count);
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            Reader reader({reinterpret_cast<const std::byte*>(from + i), sizeof(T)});
            values.push_back(decode_bytes<T>(reader));
        }
    }
}

/// Filled piece by piece, so that never more than a piece is in memory twice.
template <class T>
std::vector<T> array_from_file(const SharedBlock& block) {
    const std::shared_ptr<const std::byte> bytes = block.bytes();
    const auto* from = reinterpret_cast<const T*>(bytes.get() + array_offset<T>);
    const std::size_t count = elements_in<T>(block);
    std::vector<T> values;
    values.reserve(count);
    std::optional<PageAdoption> adoption;
    if (count * sizeof(T) >= PageAdoption::smallest) {
        if (!PageAdoption::possible(values.data(), array_offset<T>))
            values.reserve(std::max(count, PageAdoption::own_mapping / sizeof(T) + 1));
        if (PageAdoption::possible(values.data(), array_offset<T>))
            adoption.emplace(*block.file(), array_offset<T>, values.data());
    }
    for (std::size_t at = 0; at < count; at = values.size()) {
        append_elements(values, from + at, std::min(elements_a_piece<T>, count - at));
        if (adoption) adoption->extend_to(values.size() * sizeof(T));
    }
    return values;
}

template <class T>
std::vector<T> array_from(const SharedBlock& block) {
    if (block.in_file()) return array_from_file<T>(block);
    const std::shared_ptr<const std::byte> bytes = block.bytes();
    const std::byte* from = bytes.get() + array_offset<T>;
    return std::vector<T>(ByteIterator<T>(from), ByteIterator<T>(from + elements_in<T>(block) * sizeof(T)));
}

/// `own`: the same vector, to be kept as the root's; null when it belongs to the caller.
template <class T>
NewShared new_array(const std::vector<T>& values, std::shared_ptr<std::vector<T>> own) {
    const std::size_t bytes = values.size() * sizeof(T);
    const std::size_t size = array_offset<T> + bytes;
    if (size >= SharedBlock::smallest_file) {
        if (auto file = MemoryFile::create(size)) {
            std::optional<PageAdoption> adoption;
            const bool large = bytes >= PageAdoption::smallest;
            if (large && own != nullptr && PageAdoption::possible(own->data(), array_offset<T>))
                adoption.emplace(*file, array_offset<T>, own->data());
            if (write_array(*file, values, adoption)) {
                NewShared result{SharedBlock(std::move(file)), std::move(own)};
                if (result.value == nullptr || (large && !adoption))
                    result.value = std::make_shared<const std::vector<T>>(array_from<T>(result.block));
                return result;
            }
        }
    }
    auto encoded = std::make_shared<Buffer>(size);
    std::memset(encoded->data(), 0, array_offset<T>);
    copy_without_padding(encoded->data() + array_offset<T>, values.data(), values.size());
    NewShared result{SharedBlock(encoded->bytes(), encoded), std::move(own)};
    if (result.value == nullptr) result.value = std::make_shared<const std::vector<T>>(array_from<T>(result.block));
    return result;
}

// ---- values that are used where they lie ----

template <class T>
std::shared_ptr<const void> value_in(const SharedBlock& block) {
    std::shared_ptr<const std::byte> bytes = block.bytes();
    const bool fits = block.size() >= sizeof(T);  // else decode_bytes throws
    if (fits && reinterpret_cast<std::uintptr_t>(bytes.get()) % alignof(T) == 0) return bytes;
    Reader reader({bytes.get(), block.size()});
    return std::make_shared<const T>(decode_bytes<T>(reader));
}

template <class T>
NewShared new_value(const T& value) {
    SharedBlock block;
    if constexpr (sizeof(T) >= SharedBlock::smallest_file) {
        auto file = MemoryFile::create(sizeof(T));
        if (file != nullptr && write_elements(*file, 0, &value, 1)) {
            file->seal();
            block = SharedBlock(std::move(file));
        }
    }
    if (block.empty()) {
        auto bytes = std::make_shared<Buffer>(sizeof(T));
        copy_without_padding(bytes->data(), &value, 1);
        block = SharedBlock(bytes->bytes(), bytes);
    }
    auto own = value_in<T>(block);
    return {std::move(block), std::move(own)};
}

// ---- all of them ----

/// The value on a rank that has its block.
template <class T>
std::shared_ptr<const void> shared_from(const SharedBlock& block) {
    if constexpr (TravelsAsBytes<T>) {
        return value_in<T>(block);
    } else if constexpr (is_shared_array<T>) {
        return std::make_shared<const T>(array_from<typename T::value_type>(block));
    } else {
        const std::shared_ptr<const std::byte> bytes = block.bytes();
        Reader reader({bytes.get(), block.size()});
        return std::make_shared<const T>(decode<T>(reader));
    }
}

template <class T, class Given>
NewShared new_shared(Given&& given) {
    if constexpr (TravelsAsBytes<T>) {
        return new_value<T>(given);
    } else if constexpr (is_shared_array<T>) {
        if constexpr (std::is_lvalue_reference_v<Given> || std::is_const_v<Given>) {
            return new_array(given, {});
        } else {
            auto own = std::make_shared<T>(std::forward<Given>(given));
            const T& values = *own;
            return new_array(values, std::move(own));
        }
    } else {
        auto own = std::make_shared<const T>(std::forward<Given>(given));
        Buffer encoded;
        Writer writer(encoded);
        encode(writer, *own);
        return {SharedBlock(std::move(encoded)), std::move(own)};
    }
}

}  // namespace hecaton::detail
