// The Boost.Serialization archive that writes one value straight into a Writer.
//
// Differences to Boost's binary archive: no stream and no header; lengths are varints; enumerations keep their full
// width; an object that writes nothing takes one byte, so that the reader can compare a number of elements with the
// bytes left.
#pragma once

#include <boost/archive/detail/common_oarchive.hpp>
#include <boost/archive/detail/register_archive.hpp>
#include <boost/serialization/array_optimization.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/string.hpp>
#include <hecaton/codec/boost_parts.hpp>
#include <hecaton/codec/boost_save.hpp>
#include <hecaton/codec/padding.hpp>
#include <hecaton/codec/stack.hpp>
#include <hecaton/codec/writer.hpp>
#include <string>
#include <type_traits>

namespace hecaton::detail {

class BoostWriter : public boost::archive::detail::common_oarchive<BoostWriter> {
    using Base = boost::archive::detail::common_oarchive<BoostWriter>;
    friend class boost::archive::detail::interface_oarchive<BoostWriter>;
    friend class boost::archive::detail::common_oarchive<BoostWriter>;
    friend class boost::archive::save_access;

  public:
    /// Begins a value; finish() ends it.
    explicit BoostWriter(Writer& writer);
    ~BoostWriter() override;
    /// Seals a value that holds pointers (see boost_reader.hpp).
    void finish();

    void save_binary(const void* source, std::size_t count) { writer_.raw(source, count); }
    template <class T>
    void save_array(const boost::serialization::array_wrapper<T>& array, unsigned int) {
        using Element = std::remove_const_t<T>;
        copy_without_padding<Element>(writer_.grow_by(array.count() * sizeof(T)), array.address(), array.count());
    }

  private:
    template <class T>
    void save_override(T& value) {
        using Value = std::remove_const_t<T>;
        if constexpr (std::is_enum_v<Value>) {
            save(static_cast<std::underlying_type_t<Value>>(value));
        } else if constexpr (std::is_arithmetic_v<Value>) {
            save(value);
        } else if constexpr (std::is_array_v<Value>) {
            save_array_of<std::remove_all_extents_t<Value>>(value);
        } else if constexpr (std::is_class_v<Value> || std::is_union_v<Value>) {
            save_class(value);
        } else {
            require_pointee<Value>();
            if constexpr (is_pointer_to_class<Value>) Base::save_override(value);
        }
    }
    template <class T>
    void save_class(T& value) {
        using Value = std::remove_const_t<T>;
        if constexpr (goes_by_codec<Value>) {
            encode(writer_, value);
        } else if constexpr (goes_in_parts<Value>) {
            check_nesting_to_encode();
            save_parts(*this, writer_, value);
        } else if constexpr (says_itself<Value> || is_boost_primitive<Value>) {
            check_nesting_to_encode();
            const std::size_t before = writer_.position();
            Base::save_override(value);
            if (writer_.position() == before) writer_.byte(0);
        } else {
            require_serialize<Value>();
        }
    }
    template <class Element, class T>
    void save_array_of(T& values) {
        if constexpr (goes_by_codec_as_bytes<std::remove_const_t<Element>>) {
            copy_without_padding(writer_.grow_by(sizeof(T)), reinterpret_cast<const Element*>(&values),
                                 sizeof(T) / sizeof(Element));
        } else {
            for (auto& value : values) save_override(value);
        }
    }
    void save_override(const boost::archive::class_id_optional_type&) {}
    void save_override(const boost::archive::class_id_type& id) { pointer_class(id); }
    void save_override(const boost::archive::class_id_reference_type& id) { pointer_class(id); }
    void save_override(const boost::archive::object_id_type& id) { writer_.size(id); }
    void save_override(const boost::archive::object_reference_type& id) { writer_.size(id); }
    void save_override(const boost::archive::version_type& version) { writer_.size(version); }
    void save_override(const boost::archive::tracking_type& tracking) { writer_.byte(tracking ? 1 : 0); }
    void save_override(const boost::archive::class_name_type& name);
    void save_override(const boost::serialization::collection_size_type& count) { writer_.size(count); }
    void save_override(const boost::serialization::item_version_type& version) { writer_.size(version); }

    template <class T>
    void save(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>, "hecaton: a primitive of an archive is copied as bytes");
        copy_without_padding(writer_.grow_by(sizeof value), &value, 1);
    }
    template <class C, class R, class A>
    void save(const std::basic_string<C, R, A>& text) {
        writer_.size(text.size());
        writer_.raw(text.data(), text.size() * sizeof(C));
    }

    void pointer_class(int id);

    Writer& writer_;
    std::size_t begin_;
    bool has_pointers_ = false;
};

}  // namespace hecaton::detail

BOOST_SERIALIZATION_REGISTER_ARCHIVE(hecaton::detail::BoostWriter)

template <>
struct boost::serialization::use_array_optimization<hecaton::detail::BoostWriter> {
    template <class T>
    struct apply : hecaton::detail::GoesInOneBlock<std::remove_const_t<T>> {};
};
