// The Boost.Serialization archive that reads what BoostWriter wrote.
//
// Lengths are compared with the bytes left before Boost's containers allocate for them. Pointers need more: behind them
// are numbers of classes and objects that Boost follows unchecked. So a value that holds pointers carries its length
// and a checksum, which is verified before anything is read; in a value without, a pointer is refused.
#pragma once

#include <boost/archive/detail/common_iarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/array_optimization.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/string.hpp>
#include <cstdint>
#include <cstring>
#include <hecaton/codec/reader.hpp>
#include <hecaton/codec/stack.hpp>
#include <string>
#include <type_traits>

namespace hecaton::detail {

class BoostReader : public boost::archive::detail::common_iarchive<BoostReader> {
    using Base = boost::archive::detail::common_iarchive<BoostReader>;
    friend class boost::archive::detail::interface_iarchive<BoostReader>;
    friend class boost::archive::detail::common_iarchive<BoostReader>;
    friend class boost::archive::load_access;

  public:
    /// Begins a value and verifies its checksum where it has one; finish() ends it.
    explicit BoostReader(Reader& reader);
    ~BoostReader() override;
    /// Throws DecodeError when a sealed value was not read to its end.
    void finish() const;

    void load_binary(void* to, std::size_t count) {
        if (count != 0) std::memcpy(to, reader_.take(count), count);
    }
    template <class T>
    void load_array(boost::serialization::array_wrapper<T>& array, unsigned int) {
        if (array.count() > reader_.remaining() / sizeof(T)) reader_.fail("an array is longer than what is left");
        if constexpr (std::is_same_v<T, bool>) {
            for (std::size_t i = 0; i < array.count(); ++i) load(array.address()[i]);
        } else {
            load_binary(array.address(), array.count() * sizeof(T));
        }
    }

  private:
    template <class T>
    void load_override(T& value) {
        if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            load(number);
            value = static_cast<T>(number);
        } else if constexpr (std::is_class_v<T>) {
            check_nesting_to_decode();
            const std::size_t before = reader_.position();
            Base::load_override(value);
            if (reader_.position() == before) reader_.take(1);
        } else {
            Base::load_override(value);
        }
    }
    void load_override(boost::archive::class_id_optional_type&) {}
    void load_override(boost::archive::class_id_type& id);
    void load_override(boost::archive::class_id_reference_type& id) {
        load_override(static_cast<boost::archive::class_id_type&>(id));
    }
    void load_override(boost::archive::object_id_type& id);
    void load_override(boost::archive::version_type& version);
    void load_override(boost::archive::tracking_type& tracking);
    void load_override(boost::archive::class_name_type& name);
    void load_override(boost::serialization::collection_size_type& count);
    void load_override(boost::serialization::item_version_type& version);

    template <class T>
    void load(T& value) {
        static_assert(std::is_trivially_copyable_v<T>, "hecaton: a primitive of an archive is copied as bytes");
        std::memcpy(static_cast<void*>(&value), reader_.take(sizeof value), sizeof value);
    }
    void load(bool& value) { value = flag(); }
    template <class C, class R, class A>
    void load(std::basic_string<C, R, A>& text) {
        const std::size_t length = reader_.count(sizeof(C));
        text.resize(length);
        load_binary(text.data(), length * sizeof(C));
    }

    bool flag();
    unsigned int small_number();

    Reader reader_;  // of this value alone where it is sealed, else of all that is left
    Reader& outer_;
    bool sealed_;
    std::size_t after_count_ = SIZE_MAX;  // where the last number of elements ends
};

}  // namespace hecaton::detail

BOOST_SERIALIZATION_REGISTER_ARCHIVE(hecaton::detail::BoostReader)

template <>
struct boost::serialization::use_array_optimization<hecaton::detail::BoostReader> {
    template <class T>
    struct apply : boost::serialization::is_bitwise_serializable<std::remove_const_t<T>>::type {};
};
